"use strict";
(function () {
  var table = document.getElementById("patients");
  var form = document.querySelector("form.filters");
  if (!table || !form) { return; }
  var rows = Array.prototype.slice.call(table.tBodies[0].rows);
  var items = rows.map(function (row) {
    return {
      row: row, id: row.getAttribute("data-id"), shown: true, others: [],
      gene: row.getAttribute("data-gene").split(" ").filter(Boolean),
      tier: row.getAttribute("data-tier").split(" ").filter(Boolean),
      type: row.getAttribute("data-type"), state: row.getAttribute("data-state"),
      text: row.textContent.replace(/\s+/g, " ").toLowerCase()
    };
  });
  var byId = {};
  items.forEach(function (item) { byId["#" + item.id] = item; });
  document.querySelectorAll("table.checks tbody tr").forEach(function (row) {
    var item = byId["#" + row.getAttribute("data-id")];
    if (item) { item.others.push(row); }
  });
  var fields = {};
  form.querySelectorAll("[data-filter]").forEach(function (field) { fields[field.getAttribute("data-filter")] = field; });
  var shown = form.querySelector("output");

  function option(parent, value) {
    var made = document.createElement("option");
    made.value = value;
    made.textContent = value;
    parent.appendChild(made);
  }
  function unique(lists) {
    var seen = {};
    lists.forEach(function (list) { list.forEach(function (name) { seen["#" + name] = true; }); });
    return Object.keys(seen).map(function (key) { return key.slice(1); }).filter(Boolean).sort();
  }
  unique(items.map(function (item) { return item.gene; })).forEach(function (gene) {
    option(document.getElementById("genes"), gene);
  });
  unique(items.map(function (item) { return [item.type]; })).forEach(function (type) { option(fields.type, type); });

  function fitsGene(item, wanted) {
    return wanted.every(function (name) {
      return item.gene.some(function (gene) { return gene.toLowerCase().indexOf(name) === 0; });
    });
  }
  function filter() {
    var genes = fields.gene.value.toLowerCase().split(/[\s,;]+/).filter(Boolean);
    var words = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var tier = fields.tier.value, type = fields.type.value, state = fields.state.value;
    var n = 0;
    items.forEach(function (item) {
      var fits = (!type || item.type === type) && (!state || item.state === state) && fitsGene(item, genes) &&
        (!tier || (tier === "none" ? !item.tier.length : tier.split(" ").some(function (one) { return item.tier.indexOf(one) >= 0; }))) &&
        words.every(function (word) { return item.text.indexOf(word) >= 0; });
      if (fits) { n += 1; }
      if (fits !== item.shown) {
        item.shown = fits;
        item.row.hidden = !fits;
        item.others.forEach(function (row) { row.hidden = !fits; });
      }
    });
    shown.textContent = form.getAttribute("data-shown").replace("{0}", n).replace("{1}", items.length);
  }
  form.addEventListener("input", filter);
  form.addEventListener("change", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { window.setTimeout(filter, 0); });
  form.hidden = false;
  filter();

  document.querySelectorAll("[data-order]").forEach(function (region) {
    var order = region.getAttribute("data-order").split(",").map(Number);
    var picture = region.querySelector("svg");
    var line = region.parentNode.nextElementSibling;
    var out = line.querySelector("output");
    line.hidden = false;
    function at(event) {
      var box = picture.getBoundingClientRect();
      return items[order[Math.floor((event.clientX - box.left) / box.width * order.length)]];
    }
    picture.addEventListener("mousemove", function (event) {
      var item = at(event);
      if (item) { out.textContent = item.id + (item.type ? ", " + item.type : ""); }
    });
    picture.addEventListener("click", function (event) {
      var item = at(event);
      if (!item) { return; }
      form.reset();
      fields.text.value = item.id;
      window.setTimeout(function () { filter(); document.getElementById("h-patients").scrollIntoView(); }, 0);
    });
  });
})();
