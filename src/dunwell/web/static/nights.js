// Charts of the nights, drawn from the table that stands beside them.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const rows = [...document.querySelectorAll("[data-nights] tr[data-date]")].reverse();
  const locale = document.documentElement.lang;
  const days = new Map();
  // several runs of one day are one point
  rows.forEach((row) => {
    const day = days.get(row.dataset.date) || {};
    for (const name of ["entered", "left", "actions", "errors"]) {
      day[name] = (day[name] || 0) + Number(row.dataset[name]);
    }
    days.set(row.dataset.date, day);
  });
  const dates = [...days.keys()].sort();
  const at = dates.map((date) => Date.parse(`${date}T00:00:00Z`) / 1000);
  const colour = (name) => {
    const probe = document.createElement("i");
    probe.className = `c-${name}`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const draw = () => document.querySelectorAll("[data-chart]").forEach((figure) => {
    figure.replaceChildren();
    const style = getComputedStyle(document.body);
    const [ink, line] = [style.getPropertyValue("color"), colour("left")];
    const names = figure.dataset.chart.split(" ");
    const label = (name) => document.querySelector(`[data-series="${name}"]`).textContent;
    const axis = { stroke: ink, grid: { stroke: line, width: 0.2 }, ticks: { stroke: line, width: 0.2 } };
    const day = (seconds) => new Date(seconds * 1000).toLocaleDateString(locale, { month: "short", day: "numeric", timeZone: "UTC" });
    const bars = uPlot.paths.bars({ size: [0.35, 18], align: 0 });
    const options = {
      width: figure.clientWidth,
      height: 180,
      tzDate: (seconds) => new Date(seconds * 1000),
      scales: { x: { time: false, range: (_, low, high) => [low - 43200, high + 43200] }, y: { range: (_, low, high) => [0, Math.max(high, 1) * 1.1] } },
      axes: [{ ...axis, values: (_, splits) => splits.map(day), splits: (_, index, low, high) => at.filter((_, place) => place % Math.ceil(at.length / 10) === 0) }, { ...axis, size: (_, said) => 20 + 7 * Math.max(4, ...(said || []).map((each) => each.length)), values: (_, splits) => splits.map((each) => Number.isInteger(each) ? each.toLocaleString(locale) : "") }],
      series: [{ label: document.querySelector("[data-nights] th").textContent, value: (_, seconds) => (seconds == null ? "" : day(seconds)) }, ...names.map((name) => ({
        label: label(name), stroke: colour(name), width: 2, points: { size: 5, fill: colour(name) }, paths: at.length < 3 ? bars : undefined, value: (_, value) => (value == null ? "" : value.toLocaleString(locale)),
      }))],
    };
    new uPlot(options, [at, ...names.map((name) => dates.map((date) => days.get(date)[name]))], figure);
  });
  if (!at.length) return;
  draw();
  let pending = 0;
  window.addEventListener("resize", () => { clearTimeout(pending); pending = setTimeout(draw, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
});
