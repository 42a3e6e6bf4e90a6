// Charts from <div data-chart='{"kind": "bar", ...}'>. The page carries the same figures as a table for everyone else.
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = new Intl.NumberFormat("en");
const short = (value) => {
  const zh = document.documentElement.lang.startsWith("zh");
  return new Intl.NumberFormat(zh ? "zh-CN" : "en", { notation: "compact", maximumFractionDigits: 1 }).format(value);
};

function palette() {
  return [1, 2, 3, 4, 5, 6].map((index) => token(`--chart-${index}`));
}

function pie(data) {
  return {
    tooltip: { renderMode: "richText", trigger: "item", valueFormatter: (value) => `${number.format(value)}${data.unit ? ` ${data.unit}` : ""}` },
    legend: { orient: "vertical", right: 0, top: "middle", icon: "circle", itemWidth: 8, textStyle: { color: token("--ink-soft") } },
    series: [
      {
        type: "pie",
        radius: ["52%", "78%"],
        center: ["34%", "50%"],
        label: { show: false },
        itemStyle: { borderColor: token("--surface"), borderWidth: 2 },
        data: data.labels.map((name, index) => ({
          name,
          value: data.series[0].values[index],
          ...(data.colours?.[index] ? { itemStyle: { color: token(data.colours[index]) } } : {}),
        })),
      },
    ],
  };
}

function cartesian(data) {
  const lying = data.kind === "bars";
  const labels = {
    type: "category",
    data: data.labels,
    inverse: lying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: token("--line-strong") } },
    axisLabel: { color: token("--ink-soft"), interval: lying ? 0 : "auto" },
  };
  const values = {
    type: "value",
    minInterval: data.whole ? 1 : 0,
    splitLine: { lineStyle: { color: token("--line") } },
    axisLabel: { color: token("--ink-faint"), formatter: short },
  };
  return {
    grid: { left: 4, right: 12, top: data.series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
    tooltip: { renderMode: "richText", trigger: "axis", axisPointer: { type: data.kind === "line" ? "line" : "shadow" }, valueFormatter: (value) => number.format(value) },
    legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: token("--ink-soft") } } : undefined,
    xAxis: lying ? values : labels,
    yAxis: lying ? labels : values,
    series: data.series.map((series) => ({
      name: series.title,
      type: data.kind === "line" ? "line" : "bar",
      stack: data.stacked ? "all" : undefined,
      barMaxWidth: 34,
      symbol: "circle",
      symbolSize: 5,
      smooth: false,
      areaStyle: data.kind === "line" && data.series.length === 1 ? { opacity: 0.1 } : undefined,
      itemStyle: { borderRadius: data.kind === "line" || data.stacked ? 0 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0], ...(series.colour ? { color: token(series.colour) } : {}) },
      data: series.values.map((value, index) => (data.colours?.[index] ? { value, itemStyle: { color: token(data.colours[index]) } } : value)),
    })),
  };
}

export function arm(element) {
  const data = JSON.parse(element.dataset.chart);
  const chart = init(element, null, { renderer: "canvas" });
  const draw = () =>
    chart.setOption(
      {
        color: palette(),
        animationDuration: 300,
        aria: { enabled: true },
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        ...(data.kind === "pie" ? pie(data) : cartesian(data)),
      },
      true,
    );
  draw();
  new ResizeObserver(() => chart.resize()).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
