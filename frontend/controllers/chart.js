/* A chart from an ECharts option in a JSON block of the page; its table stands beside it. */
import { BarChart, LineChart, PieChart } from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import vietnamese from "echarts/i18n/langVI-obj.js";
import { SVGRenderer } from "echarts/renderers";

echarts.use([
  AriaComponent,
  BarChart,
  GridComponent,
  LegendComponent,
  LineChart,
  PieChart,
  SVGRenderer,
  TooltipComponent,
]);
echarts.registerLocale("VI", vietnamese);

const numbers = new Intl.NumberFormat("vi-VN");
const COLOURS = ["#1b5299", "#2b8a4b", "#dfa01f", "#c03535", "#7a55b5", "#4a8fb8"];
const FONT = { fontFamily: '"Inter Variable", system-ui, sans-serif', color: "#49566c", fontSize: 12 };

/** Mount on the <div> of the macro `chart` (ui/page.html). */
export function mount(element) {
  const source = document.getElementById(element.dataset.chartSourceValue);
  const given = JSON.parse(source.textContent);
  const chart = echarts.init(element, null, { renderer: "svg", locale: "VI" });
  chart.setOption({ ...common(given), ...given, ...axes(given) });
  const resizes = new ResizeObserver(() => chart.resize());
  resizes.observe(element);
  return {
    dispose() {
      resizes.disconnect();
      chart.dispose();
    },
  };
}

function common(given) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const pie = given.series?.[0]?.type === "pie";
  return {
    animation: !calm,
    animationDuration: 350,
    color: COLOURS,
    textStyle: FONT,
    aria: { enabled: true },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    legend: { right: 8, top: 0, textStyle: FONT },
    tooltip: {
      trigger: pie ? "item" : "axis",
      renderMode: "richText",
      textStyle: { ...FONT, color: "#1b2738", fontSize: 13 },
      valueFormatter: (value) => numbers.format(value),
    },
  };
}

function axes(given) {
  if (!given.xAxis) return {};
  return { xAxis: axis(given.xAxis), yAxis: axis(given.yAxis) };
}

function axis(given) {
  const label = given.type === "value" ? { formatter: (value) => numbers.format(value) } : {};
  return {
    axisLine: { lineStyle: { color: "#d5dce6" } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: "#eef1f5" } },
    ...given,
    axisLabel: { ...FONT, ...label, ...given.axisLabel },
  };
}
