// Tables of prose become cards on a phone (course.css): those with a cell of more than 50 characters. Figures much wider
// than high are to be rolled sideways there, in a box of their own, or nobody could read them.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table.table")) {
    if ([...table.querySelectorAll("td")].some((cell) => cell.textContent.length > 50)) {
      table.classList.add("prosa");
    }
  }
  const narrow = matchMedia("(max-width: 700px)").matches;
  for (const picture of narrow ? document.querySelectorAll(".bd-article img") : []) {
    const box = () => {
      if (picture.naturalWidth < 2 * picture.naturalHeight) return;
      const wide = document.createElement("div");
      wide.className = "larga";
      wide.tabIndex = 0;
      wide.setAttribute("role", "group");
      wide.setAttribute("aria-label", "Figura larga: role para o lado");
      picture.replaceWith(wide);
      wide.append(picture);
    };
    if (picture.complete) box();
    else picture.addEventListener("load", box, { once: true });
  }
});
