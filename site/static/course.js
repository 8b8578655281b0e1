// Tables of prose wrap, and become cards on a phone (course.css), where each cell is led by its column's name: those with
// much text in a cell, or in those cells of a row that have no number.
function isProse(row) {
  const texts = [...row.cells].map((cell) => cell.textContent.trim());
  const words = texts.filter((text) => !/\d/.test(text)).join("");
  return words.length > 60 || texts.some((text) => text.length > 50);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table.table")) {
    if ([...table.querySelectorAll("tbody tr")].some(isProse)) {
      table.classList.add("prosa");
      const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
      for (const row of table.querySelectorAll("tbody tr")) {
        [...row.cells].forEach((cell, column) => {
          if (column && names[column]) cell.dataset.rotulo = names[column];
        });
      }
    }
  }
  // Figures whose words would be too small are to be rolled sideways, in a box of their own.
  // A figure has 160 dots an inch: at 0.32 of that size, words of 10 points have 7 pixels; at 0.42, more than 9.
  const TOO_SMALL = 0.32;
  const READABLE = 0.42;
  const narrow = matchMedia("(max-width: 700px)").matches;
  for (const picture of narrow ? document.querySelectorAll(".bd-article img:not(.licoes img)") : []) {
    const box = () => {
      if (!picture.clientWidth || picture.clientWidth > TOO_SMALL * picture.naturalWidth) return;
      const wide = document.createElement("div");
      wide.className = "larga";
      wide.tabIndex = 0;
      wide.setAttribute("role", "group");
      wide.setAttribute("aria-label", "Figura larga: role para o lado");
      picture.style.width = `${READABLE * picture.naturalWidth}px`;
      picture.replaceWith(wide);
      wide.append(picture);
    };
    if (picture.complete) box();
    else picture.addEventListener("load", box, { once: true });
  }
});

// What the search shows of a page is to be its text, and not the menus above it.
if (typeof Search !== "undefined") {
  const htmlToText = Search.htmlToText;
  Search.htmlToText = (page, anchor) =>
    htmlToText(page.replace(/<div class="bd-header-article[\s\S]*?(?=<article)/, "").replace(/<nav class="bd-toc-nav[\s\S]*?<\/nav>/g, ""), anchor);
}
