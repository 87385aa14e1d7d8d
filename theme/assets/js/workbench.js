/* What the officers' pages do better with a script: keys, choosing all, rows of a table, suggestions. */
(function () {
  "use strict";

  function typing(target) {
    return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  }

  /* Serve a page's keys, and show the line and the sheet that tell of them. */
  function serve(keys) {
    var sheet = document.querySelector(".gs-keys");
    var line = document.querySelector(".gs-key-line");
    if (!sheet || !line) { return; }
    keys["?"] = function () { sheet.showModal(); };
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || sheet.open) { return; }
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    });
    line.hidden = false;
    line.querySelector("[data-keys-open]").addEventListener("click", keys["?"]);
  }

  /* One case: from part to part, to the decision, to one of its steps, back to the inbox. Nothing is decided by a key alone. */
  function onecase(box) {
    var here = -1;

    function parts() {
      return Array.prototype.slice.call(box.querySelectorAll(".gs-plan-column, .gs-section:not(:has(.gs-plan-column)), .gs-decision"));
    }

    function stand(part) {
      part.tabIndex = -1;
      part.focus();
      part.scrollIntoView({ block: "start" });
    }

    function go(step) {
      var all = parts();
      if (!all.length) { return; }
      here = Math.max(0, Math.min(all.length - 1, here + step));
      stand(all[here]);
    }

    function steps() {
      return Array.prototype.slice.call(box.querySelectorAll(".gs-moves > li > details > summary, .gs-moves > li > form > button[type=submit], .gs-moves > li > a, [data-decide] button"));
    }

    var keys = {
      j: function () { go(1); },
      k: function () { go(-1); },
      d: function () { if (steps().length) { steps()[0].focus(); } },
      u: function () {
        var back = document.querySelector("[data-back]");
        if (back) { back.click(); }
      }
    };
    "123456789".split("").forEach(function (digit, place) {
      keys[digit] = function () {
        var step = steps()[place];
        if (!step) { return; }
        if (step.tagName === "SUMMARY") {
          step.parentNode.open = true;
          step.parentNode.querySelector("textarea, input:not([type=hidden]), button").focus();
        } else {
          step.focus();
        }
      };
    });
    serve(keys);
  }

  /* While the portal works, what tells of it is asked for anew; when it is done so is the page, unless something was typed. */
  function live(part) {
    var typed = false;
    document.addEventListener("input", function () { typed = true; });

    function ask() {
      fetch(part.dataset.live).then(function (answer) {
        if (answer.status === 200) { return answer.text().then(show); }
        if (answer.status === 204 && !typed) { window.location.reload(); }
        return answer.status === 204 ? undefined : later();
      }).catch(later);
    }

    function show(text) {
      part.replaceChildren.apply(part, Array.prototype.slice.call(new DOMParser().parseFromString(text, "text/html").body.childNodes));
      later();
    }

    function later() { window.setTimeout(ask, 2000); }

    later();
  }

  function inbox(form) {
    var rows = Array.prototype.slice.call(form.querySelectorAll(".gs-inbox-row"));
    var boxes = Array.prototype.slice.call(form.querySelectorAll(".gs-inbox-pick"));
    var all = form.querySelector("[data-pick-all]");
    var count = form.querySelector("[data-picked]");
    var here = -1;

    function tell() {
      var picked = boxes.filter(function (box) { return box.checked; }).length;
      if (count) { count.textContent = picked ? count.dataset.words.replace("#", picked) : ""; }
      if (all) {
        all.checked = picked > 0 && picked === boxes.length;
        all.indeterminate = picked > 0 && picked < boxes.length;
      }
    }

    function go(step) {
      if (here >= 0) { rows[here].classList.remove("gs-inbox-here"); }
      here = Math.max(0, Math.min(rows.length - 1, here + step));
      rows[here].classList.add("gs-inbox-here");
      rows[here].querySelector(".gs-inbox-title a").focus();
      rows[here].scrollIntoView({ block: "nearest" });
    }

    serve({
      j: function () { go(1); },
      k: function () { go(-1); },
      x: function () {
        var box = here >= 0 && rows[here].querySelector(".gs-inbox-pick");
        if (box) { box.checked = !box.checked; tell(); }
      },
      o: function () { if (here >= 0) { rows[here].querySelector(".gs-inbox-title a").click(); } }
    });
    if (all) {
      all.parentNode.hidden = false;
      all.addEventListener("change", function () {
        boxes.forEach(function (box) { box.checked = all.checked; });
        tell();
      });
    }
    form.addEventListener("change", tell);
    window.addEventListener("pageshow", tell);
  }

  /* One key for the main step of a case; the button says which. */
  function step(button) {
    document.querySelectorAll("[data-key-hint]").forEach(function (hint) { hint.hidden = false; });
    document.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) { return; }
      if (event.key === button.dataset.key) { event.preventDefault(); button.click(); }
    });
  }

  /* Rows are added in place; without a script the server sends the form back with more of them. */
  function rows(box) {
    var body = box.querySelector("tbody");
    function add() {
      var last = body.querySelector("[data-row]:last-child");
      var number = parseInt(last.querySelector(".gs-row-number").textContent, 10) + 1;
      var row = last.cloneNode(true);
      row.querySelector(".gs-row-number").textContent = number;
      row.querySelectorAll("[name]").forEach(function (control) {
        ["name", "id"].forEach(function (key) { control[key] = control[key].replace(/-\d+-/, "-" + number + "-"); });
        control.setAttribute("aria-label", control.getAttribute("aria-label").replace(/\d+/, number));
        if (control.type === "checkbox") { control.checked = control.name.endsWith("-opened"); } else { control.value = ""; }
      });
      body.appendChild(row);
      row.querySelector("input").focus();
    }
    box.querySelector("[data-add-row]").addEventListener("click", function (event) {
      event.preventDefault();
      add();
    });
  }

  function suggestions(input) {
    var list = document.getElementById(input.getAttribute("list"));
    var timer;
    input.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () {
        if (!input.value.trim()) { return; }
        fetch(input.dataset.suggest + "?q=" + encodeURIComponent(input.value.trim()))
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (found) {
            list.replaceChildren.apply(list, found.map(function (text) {
              var option = document.createElement("option");
              option.value = text;
              return option;
            }));
          })
          .catch(function () { list.replaceChildren(); });
      }, 200);
    });
  }

  /* Leaving with something typed asks first. */
  function guard(form) {
    var dirty = false;
    form.addEventListener("input", function () { dirty = true; });
    form.addEventListener("submit", function () { dirty = false; });
    window.addEventListener("beforeunload", function (event) { if (dirty) { event.preventDefault(); } });
  }

  /* The next lot follows by itself, a moment later so that one can stop. */
  function follow(form) {
    window.setTimeout(function () { form.requestSubmit(); }, 600);
  }

  document.querySelectorAll("[data-inbox]").forEach(inbox);
  document.querySelectorAll("[data-case]").forEach(onecase);
  document.querySelectorAll("[data-live]").forEach(live);
  document.querySelectorAll("[data-key]").forEach(step);
  document.querySelectorAll("[data-continue]").forEach(follow);
  document.querySelectorAll("[data-rows]").forEach(rows);
  document.querySelectorAll("[data-suggest]").forEach(suggestions);
  document.querySelectorAll("[data-guard]").forEach(guard);
}());
