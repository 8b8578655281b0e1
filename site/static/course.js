// Tables of prose become cards on a phone (course.css): those with a cell of more than 50 characters; each cell is led by
// its column's name there. Figures whose words would be too small are to be rolled sideways, in a box of their own.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table.table")) {
    if ([...table.querySelectorAll("td")].some((cell) => cell.textContent.length > 50)) {
      table.classList.add("prosa");
      const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
      for (const row of table.querySelectorAll("tbody tr")) {
        [...row.cells].forEach((cell, column) => {
          if (column && names[column]) cell.dataset.rotulo = names[column];
        });
      }
    }
  }
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
