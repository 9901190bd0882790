// Sorts a table by the column whose head is clicked. The page is complete without it.
for (const head of document.querySelectorAll("table.sortable th")) {
  head.addEventListener("click", () => {
    const rising = head.getAttribute("aria-sort") !== "ascending";
    const column = [...head.parentNode.children].indexOf(head);
    const body = head.closest("table").tBodies[0];
    const key = row => row.children[column].dataset.key ?? row.children[column].textContent;
    const order = new Intl.Collator("en", { numeric: true });
    const rows = [...body.rows].sort((a, b) => order.compare(key(a), key(b)));
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    body.append(...(rising ? rows : rows.reverse()));
  });
}
