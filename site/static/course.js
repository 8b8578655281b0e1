// Tables of prose become cards on a phone (course.css): those with a cell of more than 60 characters.
document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll(".bd-article table.table")) {
    if ([...table.querySelectorAll("td")].some((cell) => cell.textContent.length > 60)) {
      table.classList.add("prosa");
    }
  }
});
