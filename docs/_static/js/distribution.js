// How a number is spread over a population: its histogram, or its empirical distribution function (EDF).
'use strict';
window.mmchan ??= {};

(() => {
  const { svg, text, sizeFor, ticks, plotScales, plotAxes } = window.mmchan;
  const MOST = { width: 640, height: 340 };
  const BINS = 20;
  const TICKS = 8;

  /** Edges of bins: one for each of few integers, else round ones. */
  function edgesOf(values) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (!values.every(Number.isInteger) || high - low > 2 * BINS) return ticks(low, high, BINS);
    return Array.from({ length: high - low + 2 }, (_, index) => low + index - 0.5);
  }

  /** Bins, {low, high, count}; the last one has its upper edge in it. */
  function histogram(values) {
    const edges = edgesOf(values);
    const last = edges.length - 2;
    return edges.slice(1).map((high, index) => {
      const low = edges[index];
      const within = (value) => value >= low && (value < high || (index === last && value === high));
      return { low, high, count: values.filter(within).length };
    });
  }

  /** Corners of the share of values that are at most x. */
  function steps(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.flatMap((x, index) => [index, index + 1].map((below) => ({ x, y: below / values.length })));
  }

  const roundTicks = (low, high) => ticks(low, high, Math.min(TICKS, Math.max(1, Math.ceil(high - low))));
  const share = { axis: text('share of networks'), ticks: () => [0, 0.25, 0.5, 0.75, 1] };
  const number = { axis: text('networks'), ticks: (low, high) => ticks(low, high, 5) };

  function bars(bins, scale) {
    const floor = scale.y(0);
    const filled = bins.filter((bin) => bin.count > 0);
    return filled.map(({ low, high, count }) => {
      const [left, right, top] = [scale.x(low), scale.x(high), scale.y(count)];
      const gap = Math.min(2, (right - left) * 0.1);
      const box = { x: left + gap / 2, y: top, width: right - left - gap, height: floor - top };
      return svg('rect', box, svg('title', {}, text('{0} to {1}: {2} networks', low, high, count)));
    });
  }

  function drawHistogram(values, { x, size }) {
    const bins = histogram(values);
    const points = [...bins.map((bin) => ({ x: bin.low, y: bin.count })), { x: bins.at(-1).high, y: 0 }];
    const scale = plotScales(points, { size, x, y: number });
    return [plotAxes(scale, x, number), svg('g', { class: 'mm-bars' }, ...bars(bins, scale))];
  }

  function drawSteps(values, { x, size }) {
    const corners = steps(values);
    const scale = plotScales(corners, { size, x, y: share });
    const ends = [{ x: scale.xTicks[0], y: 0 }, ...corners, { x: scale.xTicks.at(-1), y: 1 }];
    const points = ends.map((point) => `${scale.x(point.x)},${scale.y(point.y)}`).join(' ');
    return [plotAxes(scale, x, share), svg('polyline', { class: 'mm-steps', points })];
  }

  /** Draw values into `element`; `kind` is 'histogram' or 'EDF', `label` is read out. */
  function drawDistribution(element, { values, axis, kind, label }) {
    const size = sizeFor(element, MOST);
    const chart = svg('svg', { viewBox: `0 0 ${size.width} ${size.height}`, role: 'img', class: 'mm-chart' });
    chart.setAttribute('aria-label', label);
    const draw = kind === 'EDF' ? drawSteps : drawHistogram;
    chart.append(...draw(values, { x: { axis, ticks: roundTicks }, size }));
    element.replaceChildren(chart);
  }

  Object.assign(window.mmchan, { drawDistribution });
})();
