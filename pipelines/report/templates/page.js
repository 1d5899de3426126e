"use strict";
(function () {
  var said = document.getElementById("said");
  var order = new Intl.Collator("zh-CN", { numeric: true });

  function valueOf(row, place) {
    var cell = row.cells[place];
    if (!cell.hasAttribute("data-v")) return cell.textContent.trim();
    return cell.getAttribute("data-v") === "" ? null : Number(cell.getAttribute("data-v"));
  }

  function compare(left, right) {
    if (left === null || right === null) return 0;
    return typeof left === "number" ? left - right : order.compare(left, right);
  }

  // A cell without a value stays last in both directions.
  function sort(table, place, direction) {
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row, at) { return { row: row, at: at, value: valueOf(row, place) }; })
      .sort(function (a, b) {
        if ((a.value === null) !== (b.value === null)) return a.value === null ? 1 : -1;
        return direction * compare(a.value, b.value) || a.at - b.at;
      })
      .forEach(function (one) { body.appendChild(one.row); });
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, place) {
      head.querySelector("button").addEventListener("click", function () {
        var descending = head.classList.contains("text")
          ? head.getAttribute("aria-sort") === "ascending"
          : head.getAttribute("aria-sort") !== "descending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sort(table, place, descending ? -1 : 1);
        said.textContent = "已按" + head.textContent.trim() + (descending ? "从高到低" : "从低到高") + "排序";
      });
    });
  });

  document.querySelectorAll("input[name=measure]").forEach(function (input) {
    input.addEventListener("change", function () {
      document.querySelectorAll("#tiles li").forEach(function (tile) {
        tile.className = "q" + tile.dataset.shades.split("|")[input.value];
        tile.querySelector("span").textContent = tile.dataset.shown.split("|")[input.value];
      });
      said.textContent = "图中现在显示" + input.parentNode.textContent.trim();
    });
  });

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });
})();
