// Charts of reports: draws what stands in data-chart; the table below says the same without it.
"use strict";

(() => {
  const style = getComputedStyle(document.documentElement);
  const colours = ["#3f7fb5", "#cf7a2d", "#4c9a5f", "#a6517c", "#8a7a2e"];
  const ink = getComputedStyle(document.body).color || style.color;
  const faint = "rgba(128, 128, 128, 0.25)";
  const compact = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });

  for (const place of document.querySelectorAll("[data-chart]")) {
    const told = JSON.parse(place.dataset.chart);
    const count = told.series.length;
    const sides = { 1: [0], 2: [-1, 1], 3: [-1, 0, 1] }[count];
    const bars = told.bars && sides;
    const series = told.series.map((each, at) => ({
      label: each.name,
      stroke: colours[at % colours.length],
      fill: bars ? colours[at % colours.length] + "cc" : undefined,
      width: bars ? 1 : 2,
      points: { show: !bars, size: 5 },
      paths: bars ? uPlot.paths.bars({ size: [0.6 / count, 40], align: count === 1 ? 0 : sides[at] }) : undefined,
      value: (_, value) => (value === null ? "–" : value.toLocaleString(document.documentElement.lang)),
    }));
    const axis = { stroke: ink, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint } };
    // a long name would be written over its neighbour
    const short = (name) => {
      const room = Math.max(6, Math.floor(place.clientWidth / Math.min(told.labels.length, 12) / 9));
      return name.length > room ? name.slice(0, room) + "…" : name;
    };
    const draw = () => new uPlot({
      width: Math.max(280, place.clientWidth),
      height: 220,
      scales: { x: { time: false, range: [-0.6, told.labels.length - 0.4] }, y: { range: (_, low, high) => [Math.min(0, low), high || 1] } },
      axes: [
        { ...axis, grid: { show: false }, space: 90, incrs: [1, 2, 3, 5, 10, 20, 50], values: (_, at) => at.map((each) => short(told.labels[each] ?? "")) },
        { ...axis, size: 64, values: (_, at) => at.map((each) => compact.format(each)) },
      ],
      series: [{ label: told.along, value: (_, at) => told.labels[at] ?? "" }, ...series],
    }, [told.labels.map((_, at) => at), ...told.series.map((each) => each.values)], place);
    let chart = draw();
    new ResizeObserver(() => {
      if (Math.abs(chart.width - place.clientWidth) > 4) chart.setSize({ width: Math.max(280, place.clientWidth), height: 220 });
    }).observe(place);
  }
})();
