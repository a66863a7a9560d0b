// Icons: shapes that tell states apart without their colours.

import { svg } from "./dom.js";

const SHAPES = {
  good: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Z",
  client: "M8 1 15.500 14.500H.5Z",
  server: "M2 2h12v12H2Z",
  broken: "M4 1.200 8 5.200l4-4L14.800 4l-4 4 4 4-2.800 2.800-4-4-4 4L1.200 12l4-4-4-4Z",
  running: "M8 1.750a6.250 6.250 0 1 1-6.250 6.250",
  fault: "M9.500 0 3 9h4l-1 7 7-10H8.500Z",
};

export const chevron = () => svg("svg", { viewBox: "0 0 16 16", class: "chevron", "aria-hidden": "true" }, svg("path", { d: "m6 3.500 4.500 4.500L6 12.500" }));

export function icon(kind) {
  return svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[kind] }));
}
