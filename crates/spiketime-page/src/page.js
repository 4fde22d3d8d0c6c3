// Hover values, saving, sorting. Without this script every figure is still there.
(() => {
  const tip = document.getElementById('tip');
  const show = (event, text) => {
    tip.textContent = text; tip.hidden = false;
    const x = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(4, x) + 'px';
    tip.style.top = Math.max(4, event.clientY - tip.offsetHeight - 10) + 'px';
  };
  // The browser's own slow tooltip gives way to ours; the text stays for screen readers.
  document.querySelectorAll('svg.chart g.tt > title').forEach(title => {
    const group = title.parentNode;
    group.dataset.tip = title.textContent; group.setAttribute('aria-label', title.textContent); title.remove();
  });
  const map = event => {
    const img = event.target, tiles = +img.dataset.tiles, box = img.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / box.width * tiles);
    const row = Math.floor((event.clientY - box.top) / box.height * tiles);
    const neuron = order(img)[row * tiles + column];
    if (neuron === undefined) return null;
    const classes = JSON.parse(img.dataset.classes || '[]');
    const stands = classes.length ? (classes[neuron] === null ? ', silent' : ', stands for ' + classes[neuron]) : '';
    return 'neuron ' + neuron + stands;
  };
  const order = img => {
    const n = +img.dataset.neurons, all = [...Array(n).keys()];
    if (img.dataset.sorted !== 'true') return all;
    const classes = JSON.parse(img.dataset.classes), key = i => classes[i] === null ? 99 : classes[i];
    return all.sort((a, b) => key(a) - key(b) || a - b);
  };
  const over = event => {
    const group = event.target.closest && event.target.closest('g.tt');
    const text = group ? group.dataset.tip : event.target.matches('img.map[data-neurons]') ? map(event) : null;
    if (text) show(event, text); else tip.hidden = true;
  };
  document.addEventListener('pointermove', over);
  document.addEventListener('pointerdown', over);

  const save = (address, name) => { const a = document.createElement('a'); a.href = address; a.download = name; a.click(); };
  const standalone = svg => {
    const copy = svg.cloneNode(true), style = getComputedStyle(document.body), [, , w, h] = svg.getAttribute('viewBox').split(' ');
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg'); copy.setAttribute('width', w); copy.setAttribute('height', h);
    copy.setAttribute('color', style.color); copy.style.background = style.backgroundColor;
    return { text: new XMLSerializer().serializeToString(copy), w: +w, h: +h, paper: style.backgroundColor };
  };
  document.querySelectorAll('figure').forEach(figure => {
    const svg = figure.querySelector('svg.chart'), img = figure.querySelector('img.map');
    const add = (label, act) => { const b = document.createElement('button'); b.type = 'button'; b.textContent = label; b.onclick = () => act(b); figure.append(b); };
    if (svg) {
      add('save SVG', () => save('data:image/svg+xml;charset=utf-8,' + encodeURIComponent(standalone(svg).text), svg.dataset.name + '.svg'));
      add('save PNG', () => {
        const { text, w, h, paper } = standalone(svg), image = new Image();
        image.onload = () => {
          const canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
          canvas.width = 2 * w; canvas.height = 2 * h; pen.fillStyle = paper; pen.fillRect(0, 0, 2 * w, 2 * h);
          pen.drawImage(image, 0, 0, 2 * w, 2 * h); save(canvas.toDataURL(), svg.dataset.name + '.png');
        };
        image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text);
      });
    }
    if (img) {
      add('save PNG', () => save(img.src, img.dataset.name + '.png'));
      if (img.dataset.classes) add('sort by class', button => {
        const first = img.dataset.first = img.dataset.first || img.src;
        const sorted = img.dataset.sorted === 'true';
        button.textContent = sorted ? 'sort by class' : 'sort by number';
        img.dataset.sorted = String(!sorted);
        if (sorted) { img.src = first; return; }
        const source = new Image();
        source.onload = () => {
          const canvas = document.createElement('canvas'), pen = canvas.getContext('2d'), tiles = +img.dataset.tiles;
          const [wide, high] = img.dataset.tile.split(',').map(Number);
          canvas.width = source.width; canvas.height = source.height; pen.drawImage(source, 0, 0);
          order(img).forEach((from, to) => pen.drawImage(source, wide * (from % tiles), high * Math.floor(from / tiles), wide, high, wide * (to % tiles), high * Math.floor(to / tiles), wide, high));
          img.src = canvas.toDataURL();
        };
        source.src = first;
      });
    }
  });
  addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(d => { d.open = true; }));
})();
