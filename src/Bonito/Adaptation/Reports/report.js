// Shows the report's data: text always through textContent, curves with uPlot.
(() => {
'use strict';
const root = document.documentElement;
const page = JSON.parse(document.getElementById('report-data').textContent);
const byId = id => document.getElementById(id);

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content.filter(c => c != null));
  return made;
}

// ---- Numbers

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const whole = value => grouped.format(value);
const significant = value => {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return whole(value);
  return size < 0.001 ? value.toExponential(2).replace('e', 'E') : String(+value.toPrecision(4));
};
const scaled = (value, units) => {
  let unit = 0;
  for (; Math.abs(value) >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return +value.toPrecision(3) + units[unit];
};
const compact = value => scaled(value, ['', 'k', 'M', 'G', 'T']);
const bytes = value => scaled(value, [' B', ' kB', ' MB', ' GB', ' TB']);
const tick = value => Math.abs(value) >= 1000 ? compact(value) : value !== 0 && Math.abs(value) < 0.001 ? String(+value.toPrecision(6)).replace('e', 'E') : String(+value.toPrecision(6));
const duration = seconds => {
  const s = Math.round(seconds), two = n => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};

// ---- Curves

const mean = `mean of ${whole(page.smoothing)} steps`;
const charts = [
  {
    title: 'Loss', unit: 'nats per token', wide: true, format: significant,
    series: [
      { curve: 'loss', label: 'training, each step', color: '--loss', faint: true },
      { curve: 'target_loss', label: 'target tokens, each step', color: '--target', faint: true },
      { curve: 'loss_smoothed', label: `training, ${mean}`, color: '--loss' },
      { curve: 'target_loss_smoothed', label: `target tokens, ${mean}`, color: '--target' },
      { curve: 'validation_loss', label: 'validation', color: '--validation', measured: true },
    ],
  },
  { title: 'Learning rate', fromZero: true, format: significant, series: [{ curve: 'learning_rate', label: 'learning rate', color: '--rate' }] },
  {
    title: 'Gradient norm', unit: page.clip ? `before clipping at ${significant(page.clip)}, log scale` : 'log scale', log: true, format: significant, level: page.clip,
    series: [
      { curve: 'gradient_norm', label: 'each step', color: '--norm', faint: true },
      { curve: 'gradient_norm_smoothed', label: mean, color: '--norm' },
    ],
  },
  {
    title: 'Speed', unit: 'tokens per second', fromZero: true, format: whole,
    series: [
      { curve: 'tokens_per_second', label: 'each step', color: '--speed', faint: true },
      { curve: 'tokens_per_second_smoothed', label: mean, color: '--speed' },
    ],
  },
  { title: 'Memory', unit: 'resident', fromZero: true, format: bytes, ticks: bytes, series: [{ curve: 'resident_bytes', label: 'resident memory', color: '--memory' }] },
];

const color = name => getComputedStyle(root).getPropertyValue(name).trim();
const withAlpha = (name, alpha) => color(name) + Math.round(alpha * 255).toString(16).padStart(2, '0');

/** The value of a curve at a step, in a straight line between its points; null outside of it. */
function at(name, step) {
  const curve = page.curves[name];
  if (!curve) return null;
  const after = curve.steps.findIndex(s => s >= step);
  if (after < 0) return null;
  if (curve.steps[after] === step || after === 0) return curve.steps[after] === step ? curve.values[after] : null;
  const share = (step - curve.steps[after - 1]) / (curve.steps[after] - curve.steps[after - 1]);
  return curve.values[after - 1] + share * (curve.values[after] - curve.values[after - 1]);
}

/** Curves have steps of their own; a cursor between the points of one takes the nearest. */
function nearest(plot, series, index) {
  const steps = plot.data[0], values = plot.data[series];
  if (index == null || values[index] != null) return index;
  let left = index, right = index;
  while (left >= 0 && values[left] == null) left--;
  while (right < values.length && values[right] == null) right++;
  if (left < 0) return right < values.length ? right : index;
  if (right >= values.length) return left;
  return steps[index] - steps[left] <= steps[right] - steps[index] ? left : right;
}

function tooltip(chart, lines) {
  const box = element('div', 'tooltip');
  box.hidden = true;
  return {
    hooks: {
      init: plot => plot.over.append(box),
      setCursor: plot => {
        const { left, top, idx, idxs, event } = plot.cursor;
        // Charts that follow the cursor of another show a line, not a box.
        box.hidden = event == null || left < 0 || idx == null;
        if (box.hidden) return;
        const step = plot.data[0][idx], tokens = at('tokens', step), epoch = at('epoch', step), seconds = at('seconds', step);
        const details = [
          tokens != null && `${scaled(tokens, ['', ' k', ' M', ' G', ' T'])} tokens`,
          epoch != null && `epoch ${+epoch.toPrecision(3)}`,
          seconds != null && duration(seconds),
        ].filter(Boolean).join(' · ');
        const rows = lines.map((line, i) => {
          const found = idxs[i + 1], value = found == null ? null : plot.data[i + 1][found];
          if (value == null || !plot.series[i + 1].show) return null;
          const swatch = element('i');
          swatch.style.background = line.faint ? withAlpha(line.color, .45) : color(line.color);
          const where = line.measured && plot.data[0][found] !== step ? ` at step ${whole(plot.data[0][found])}` : '';
          return element('div', '', swatch, line.label + where, element('output', '', chart.format(value)));
        });
        box.replaceChildren(element('b', '', `step ${whole(step)}`), element('p', '', details), ...rows.filter(Boolean));
        const width = box.offsetWidth, room = plot.over.clientWidth;
        box.style.left = `${Math.max(0, left + 14 + width < room ? left + 14 : Math.min(left - 14, room) - width)}px`;
        box.style.top = `${Math.max(0, Math.min(top, plot.over.clientHeight - box.offsetHeight))}px`;
      },
    },
  };
}

/** Of the lines of a log scale only those at powers of ten, so that they do not hide the curve. */
const decades = (plot, values) => values.map(v => v > 0 && Number.isInteger(+Math.log10(v).toFixed(6)) ? v : null);

/** A dashed line across the chart, such as the norm above which gradients are clipped. */
function level(value) {
  return {
    hooks: {
      drawAxes: plot => {
        const { min, max } = plot.scales.y, { ctx, bbox } = plot;
        if (!(value >= min && value <= max)) return;
        const y = Math.round(plot.valToPos(value, 'y', true));
        ctx.save();
        ctx.strokeStyle = color('--muted');
        ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
        ctx.lineWidth = devicePixelRatio;
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.restore();
      },
    },
  };
}

function range(chart) {
  return (plot, min, max) => {
    if (min == null) return [0, 1];
    if (chart.log) {
      const unit = 10 ** Math.floor(Math.log10(min)), top = 10 ** Math.floor(Math.log10(max));
      return [Math.floor(min / unit) * unit, (Math.floor(max / top) + 1) * top];
    }
    if (chart.fromZero) return [0, max > 0 ? max * 1.08 : 1];
    const room = (max - min) * .06 || Math.abs(max) * .1 || 1;
    return [min >= 0 ? Math.max(0, min - room) : min - room, max + room];
  };
}

/** Pixels that the labels of a vertical axis need, at 11 pixels a line. */
const labelRoom = (plot, labels) => Math.max(48, 12 + 6.5 * Math.max(0, ...(labels ?? []).map(label => label.length)));

const drawn = [];
const height = (chart, width) => Math.round(chart.wide ? Math.min(380, Math.max(250, width * .42)) : Math.min(220, Math.max(180, width * .5)));
const fit = () => drawn.forEach(({ plot, chart, host }) => {
  const width = host.clientWidth;
  if (width > 0 && width !== plot.width) plot.setSize({ width, height: height(chart, width) });
});

function draw(chart, first, last) {
  const lines = chart.series.filter(line => page.curves[line.curve]);
  if (lines.length === 0) return;
  const host = element('div', 'plot');
  byId('charts').append(element('figure', `card chart${chart.wide ? ' wide' : ''}`, element('h3', '', chart.title, chart.unit ? element('span', '', ` · ${chart.unit}`) : null), host));
  const data = uPlot.join(lines.map(({ curve }) => {
    const { steps, values } = page.curves[curve];
    return [steps, chart.log ? values.map(v => v > 0 ? v : null) : values];
  }));
  const axis = { stroke: () => color('--muted'), font: '11px system-ui, sans-serif', grid: { stroke: () => color('--line'), width: 1 }, ticks: { show: false } };
  const width = host.clientWidth;
  const plot = new uPlot({
    width, height: height(chart, width),
    cursor: { sync: { key: 'steps', setSeries: false }, dataIdx: nearest, drag: { x: true, y: false }, y: false, points: { size: 6 } },
    legend: { show: lines.length > 1, live: false },
    scales: { x: { time: false, range: (u, min, max) => [min, max] }, y: { distr: chart.log ? 3 : 1, range: range(chart) } },
    axes: [
      { ...axis, size: 28, gap: 4, values: (u, steps) => steps.map(s => Number.isInteger(s) ? compact(s) : '') },
      { ...axis, size: labelRoom, gap: 6, grid: { ...axis.grid, ...(chart.log && { filter: decades }) }, values: (u, values) => values.map(v => v == null ? '' : (chart.ticks ?? tick)(v)) },
    ],
    series: [{}, ...lines.map(line => ({
      label: line.label,
      stroke: () => line.faint ? withAlpha(line.color, .38) : color(line.color),
      width: line.faint ? 1 : 2,
      spanGaps: true,
      points: { show: page.curves[line.curve].steps.length <= (line.measured ? 120 : 1), size: 6, fill: () => color(line.color) },
    }))],
    plugins: [tooltip(chart, lines), ...(chart.level ? [level(chart.level)] : [])],
  }, data, host);
  if (first < last) plot.setScale('x', { min: first, max: last });
  drawn.push({ plot, chart, host });
}

function showCurves() {
  const ends = Object.values(page.curves).flatMap(c => [c.steps[0], c.steps.at(-1)]);
  if (ends.length === 0) {
    byId('charts').append(element('p', 'empty chart wide', 'No steps were written down yet.'));
    return;
  }
  byId('curves-hint').textContent = 'By step. Drag across a chart to look closer, double-click to see all; click a name below a chart to hide its curve.';
  charts.forEach(chart => draw(chart, Math.min(...ends), Math.max(...ends)));
  new ResizeObserver(fit).observe(byId('charts'));
  const redraw = () => drawn.forEach(({ plot }) => plot.redraw(false));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  const print = on => {
    root.classList.toggle('print', on);
    document.querySelectorAll('details').forEach(d => { d.open = on || d.dataset.open === 'yes'; });
    fit();
    redraw();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
}

// ---- Samples

/** Text with the markers of the generator's format set apart. */
function text(content) {
  const parts = content.split(/(<\|\w+\|>)/).map((part, i) => i % 2 ? element('span', 'marker', part) : part);
  const made = element('p', 'text', ...parts);
  made.dir = 'auto';
  return made;
}

function completion(heading, content, className, tag) {
  const body = content == null ? element('p', 'text none', 'not sampled at this step') : content === '' ? element('p', 'text none', 'nothing') : text(content);
  return element('div', `completion ${className}`, element('h4', '', heading, tag ? element('span', 'tag good', tag) : null), body);
}

function showSamples() {
  const samples = page.samples;
  if (!samples) {
    byId('prompts').append(element('p', 'empty', 'No sample generations were written yet.'));
    return;
  }
  byId('samples-hint').textContent = `The same prompts, asked again while it learned. ${samples.note}`;
  for (const prompt of samples.prompts) {
    const asked = element('details', '', element('summary', '', 'Prompt'), text(prompt.prompt));
    const short = prompt.prompt.length <= 400;
    asked.open = short;
    asked.dataset.open = short ? 'yes' : 'no';
    byId('prompts').append(element('article', 'card prompt',
      element('header', '', element('h3', '', prompt.id), prompt.task_type ? element('span', 'tag', prompt.task_type) : null),
      asked,
      element('div', 'completions',
        ...prompt.completions.map((c, i) => completion(`step ${whole(samples.steps[i])}`, c?.text, '', c?.same && prompt.reference ? 'as the reference' : null)),
        prompt.reference ? completion('reference', prompt.reference, 'reference') : null)));
  }
}

// ---- Tables

/** A name that may go on in the next line after an underscore or a dot. */
const breakable = name => name.split(/(?<=[_.])/).flatMap((part, i) => i ? [element('wbr'), part] : [part]);

function showTables(id, sections, empty) {
  const host = document.querySelector(`#${id} .tables`);
  if (sections.length === 0 && empty) host.append(element('p', 'empty table', empty));
  for (const section of sections) {
    const rows = section.entries.map(e => element('tr', '', element('th', '', ...breakable(e.name)), element('td', '', e.value)));
    host.append(element('div', 'card table', element('h3', '', section.title), element('table', '', element('tbody', '', ...rows))));
  }
}

byId('folder').textContent = page.folder;
byId('title').textContent = page.title;
byId('state').className = page.state.kind;
byId('state').textContent = page.state.text;
byId('facts').append(...page.facts.map(f => element('div', '', element('dt', '', f.label), element('dd', '', f.value), element('dd', 'note', f.note))));
showCurves();
showSamples();
showTables('data', page.data, 'What became of the rows is in manifest.json, which is written when the run is finished.');
showTables('configuration', page.configuration, 'config.json is not there.');
showTables('about', page.about);
byId('notes').append(...page.notes.map(n => element('li', '', n)));
byId('made').textContent = `Written ${page.made} from what the run folder held then. Charts by uPlot (MIT licence, in the source of this page).`;
})();
