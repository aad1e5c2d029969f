// Draws the charts of the report, and draws them anew in the width of the paper when it is printed.
"use strict";
const PAPER = 688;
const figures = JSON.parse(document.getElementById("figures").textContent);
const drawn = [];
for (const [id, figure] of Object.entries(figures)) {
  const place = document.getElementById(id);
  const layout = { ...figure.layout, autosize: true };
  delete layout.width;
  const name = place.getAttribute("aria-label").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  Plotly.newPlot(place, figure.data, layout, {
    responsive: true,
    displaylogo: false,
    scrollZoom: false,
    setBackground: "opaque",
    modeBarButtons: [["toImage"]],
    toImageButtonOptions: { format: "png", filename: name, scale: 2 },
  });
  drawn.push(place);
}
const widths = (width) => drawn.forEach((place) => Plotly.relayout(place, width));
addEventListener("beforeprint", () => widths({ autosize: false, width: PAPER }));
addEventListener("afterprint", () => widths({ autosize: true, width: null }));
document.documentElement.dataset.drawn = String(drawn.length);
