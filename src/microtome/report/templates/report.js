"use strict";
// Draws the figures of the dictionary that is shown, in the colours of the page, and switches between dictionaries.
(() => {
  const articles = [...document.querySelectorAll("article.dictionary")];
  const tabs = [...document.querySelectorAll(".tabs a")];
  const drawn = new Map();
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function themed(layout) {
    const copy = structuredClone(layout);
    copy.font = { ...copy.font, color: colour("--ink"), family: getComputedStyle(document.body).fontFamily };
    copy.hoverlabel = {
      bgcolor: colour("--card"), bordercolor: colour("--line"), font: { color: colour("--ink") },
    };
    copy.modebar = { bgcolor: "rgba(0,0,0,0)", color: colour("--soft"), activecolor: colour("--accent") };
    for (const key of Object.keys(copy)) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      Object.assign(copy[key], {
        gridcolor: colour("--line"), linecolor: colour("--line"), zerolinecolor: colour("--line"), automargin: true,
      });
    }
    delete copy.width;
    return copy;
  }

  function draw(place) {
    if (!drawn.has(place)) {
      const data = document.querySelector(`script[data-for="${place.id}"]`).textContent;
      drawn.set(place, JSON.parse(data));
    }
    const figure = drawn.get(place);
    Plotly.react(place, figure.data, themed(figure.layout), {
      responsive: true, displaylogo: false, plotlyServerURL: "",
      modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
    });
  }

  function show(article) {
    articles.forEach((one) => { one.hidden = one !== article; });
    tabs.forEach((tab) => {
      if (tab.hash === `#${article.id}`) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    });
    article.querySelectorAll(".plot").forEach((place) => (drawn.has(place) ? Plotly.Plots.resize(place) : draw(place)));
  }

  const chosen = () => articles.find((article) => `#${article.id}` === location.hash) ?? articles[0];

  document.querySelectorAll("main > section .plot").forEach(draw);
  if (articles.length) show(chosen());
  window.addEventListener("hashchange", () => {
    show(chosen());
    chosen().scrollIntoView();
  });
  window.addEventListener("beforeprint", () => {
    articles.forEach((article) => { article.hidden = false; });
    document.querySelectorAll(".plot").forEach(draw);
  });
  window.addEventListener("afterprint", () => show(chosen()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [...drawn.keys()].forEach(draw));
})();
