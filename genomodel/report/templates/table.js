"use strict";
(function () {
  function key(cell, numeric) {
    var text = cell.getAttribute("data-value");
    if (text === null) { text = cell.textContent.trim(); }
    if (!numeric) { return text.toLowerCase(); }
    var number = parseFloat(text.replace(/,/g, "").replace("\u2212", "-"));
    return isNaN(number) ? null : number;
  }
  function sort(table, column, numeric, falling) {
    var body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, place) {
      return { row: row, place: place, key: key(row.cells[column], numeric) };
    });
    rows.sort(function (a, b) {
      if (a.key === b.key) { return a.place - b.place; }
      if (a.key === null) { return 1; }
      if (b.key === null) { return -1; }
      var order = numeric ? a.key - b.key : a.key.localeCompare(b.key, "en", { numeric: true });
      return falling ? -order : order;
    });
    rows.forEach(function (item) { body.appendChild(item.row); });
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var numeric = head.getAttribute("data-type") === "number";
        var now = head.getAttribute("aria-sort");
        var falling = now ? now === "ascending" : numeric;
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", falling ? "descending" : "ascending");
        sort(table, column, numeric, falling);
      });
    });
  });
  document.querySelectorAll("[data-filters]").forEach(function (box) {
    var rows = Array.prototype.slice.call(document.getElementById(box.getAttribute("data-filters")).tBodies[0].rows);
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var input = box.querySelector("input");
    var shown = box.querySelector("output");
    function filter() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var n = 0;
      rows.forEach(function (row, place) {
        var fits = words.every(function (word) { return texts[place].indexOf(word) >= 0; });
        row.hidden = !fits;
        if (fits) { n += 1; }
      });
      shown.textContent = box.dataset.shown.replace("{n}", n).replace("{all}", rows.length);
    }
    box.hidden = false;
    input.addEventListener("input", filter);
    filter();
  });
  document.querySelectorAll(".hgvs").forEach(function (name) {
    name.tabIndex = 0;
    name.setAttribute("role", "button");
    function copy() {
      var whole = document.createElement("textarea");
      whole.value = name.getAttribute("data-copy") || name.textContent;
      whole.setAttribute("aria-hidden", "true");
      name.parentNode.appendChild(whole);
      whole.select();
      var done = document.execCommand("copy");
      name.parentNode.removeChild(whole);
      window.getSelection().selectAllChildren(name);
      name.focus();
      name.classList.toggle("copied", done);
    }
    name.addEventListener("click", copy);
    name.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); copy(); }
    });
    name.addEventListener("blur", function () { name.classList.remove("copied"); });
  });
})();
