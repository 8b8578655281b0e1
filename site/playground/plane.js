"use strict";
// Lab 3: the plane of two codings, what the decoder makes of each of its points, and the training images that live there.

playground.labs.plano = async function (section) {
  const { one, all, number, draw, oncePerFrame } = playground;
  const record = await playground.load("plane");
  const decode = playground.network(record.decoder);
  const pictures = playground.images(record.images);
  const [low, high] = [record.low, record.high].map((text) => playground.decodeArray(text, "float32"));
  const MARGIN = 0.05;
  const NEAR = 0.06; // of the plane's side
  const N_NEIGHBOURS = 4;
  // Those of the classes in the maps of the course.
  const COLOURS = [
    "#E89408", "#F98266", "#1A5BE4", "#610C88", "#0B4323", "#765A00", "#1AB7D0", "#562557", "#AC6A74", "#05A6FF",
  ];
  const canvas = one("#plane");
  const still = document.createElement("canvas"); // what does not move with the point
  let layer = "train";
  let at = [0.5, 0.5]; // of the plane's sides, from the left and from the top
  let stop = null;
  let isDemonstration = false; // what moves is what the lab shows first: the mouse stops it
  let isPinned = false; // by a click: until then the point follows the mouse
  let wasPinned = false; // before this click
  let begun; // where this click began

  // From codings to shares of the plane's sides, and back.
  const span = (c) => (high[c] - low[c]) * (1 + 2 * MARGIN);
  const first = (c) => low[c] - MARGIN * (high[c] - low[c]);
  const placeOf = (codings) => [(codings[0] - first(0)) / span(0), 1 - (codings[1] - first(1)) / span(1)];
  const codingsAt = ([x, y]) => Float32Array.of(first(0) + x * span(0), first(1) + (1 - y) * span(1));

  const residents = playground.rows(record.codings, 2).map((codings, i) => ({
    place: placeOf(codings),
    label: record.labels[i],
    picture: pictures[i], // the first ones have one
  }));
  const neighbourhood = residents.filter(({ picture }) => picture);

  const channels = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

  // Return a picture in the colour of its class, its paper transparent.
  function tinted({ picture, label }) {
    const tile = playground.newPicture();
    const context = tile.getContext("2d");
    const pixels = context.createImageData(28, 28);
    const colour = channels(COLOURS[label]);
    picture.forEach((ink, i) => pixels.data.set([...colour, 255 * Math.min(1, 1.15 * ink)], 4 * i));
    context.putImageData(pixels, 0, 0);
    return tile;
  }
  neighbourhood.forEach((resident) => (resident.tile = tinted(resident)));

  function drawTrain(context, side) {
    for (const { place: [x, y], label, picture } of residents) {
      if (picture) continue;
      context.globalAlpha = 0.35;
      context.fillStyle = COLOURS[label];
      context.beginPath();
      context.arc(x * side, y * side, side / 260, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    const size = Math.max(side / 19, 22 * devicePixelRatio);
    for (const { place: [x, y], tile } of neighbourhood) {
      context.drawImage(tile, x * side - size / 2, y * side - size / 2, size, size);
    }
  }

  function drawDecoded(context, side) {
    const n = side / devicePixelRatio > 500 ? 18 : 12;
    const tile = playground.newPicture();
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        draw(tile, decode(codingsAt([(column + 0.5) / n, (row + 0.5) / n])));
        context.drawImage(tile, (column / n) * side, (row / n) * side, side / n, side / n);
      }
    }
  }

  function drawStill() {
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!side) return;
    for (const each of [canvas, still]) if (each.width !== side) each.width = each.height = side;
    const context = still.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    context.imageSmoothingEnabled = layer === "train"; // tiny pictures
    if (layer === "train") drawTrain(context, side);
    else drawDecoded(context, side);
    showNow(); // what has another size is blank
  }

  const distance = ([x, y]) => Math.hypot(x - at[0], y - at[1]);

  function crowd() {
    const near = residents.filter(({ place }) => distance(place) < NEAR);
    if (!near.length) return "Terra de ninguém: no círculo não mora nenhuma imagem do treino. O decodificador inventa.";
    const counts = record.classes.map((_, label) => near.filter((resident) => resident.label === label).length);
    const most = Math.max(...counts);
    const kind = record.classes[counts.indexOf(most)];
    if (near.length === 1) return `No círculo, uma imagem do treino, de ${kind}.`;
    const told = `No círculo, ${near.length} imagens do treino`;
    if (most === near.length) return `${told}, todas de ${kind}.`;
    return most > near.length / 2 ? `${told}, ${most} delas de ${kind}.` : `${told}, de vários tipos, parecidos em dois números.`;
  }

  const places = Array.from({ length: N_NEIGHBOURS }, () => {
    const item = document.createElement("li");
    const picture = playground.newPicture();
    picture.setAttribute("aria-hidden", "true");
    item.append(picture, document.createElement("span"));
    one("#neighbours").append(item);
    return item;
  });

  function showNow() {
    const codings = codingsAt(at);
    draw(one("#at"), decode(codings));
    one("#where").textContent = `(${number(codings[0])}; ${number(codings[1])})`;
    const nearest = neighbourhood.map((resident) => [distance(resident.place), resident]);
    nearest.sort((a, b) => a[0] - b[0]);
    places.forEach((item, k) => {
      const resident = nearest[k][1];
      draw(one("canvas", item), resident.picture);
      one("span", item).textContent = record.classes[resident.label];
      item.style.setProperty("--colour", COLOURS[resident.label]);
    });
    one("#crowd").textContent = crowd();
    one("#at").setAttribute("aria-label", `Imagem decodificada de ${one("#where").textContent}`);
    drawPoint(nearest.slice(0, N_NEIGHBOURS).map(([, { place }]) => place));
  }
  const show = oncePerFrame(showNow);

  function drawPoint(ends) {
    const context = canvas.getContext("2d");
    const side = canvas.width;
    const unit = devicePixelRatio;
    const [x, y] = at.map((share) => share * side);
    context.drawImage(still, 0, 0);
    for (const [colour, width] of [["#fff", 4], ["#000", 1.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = width * unit;
      context.beginPath();
      for (const end of ends) {
        const [u, v] = end.map((share) => share * side);
        const away = Math.hypot(u - x, v - y);
        if (away < 12 * unit) continue;
        context.moveTo(x + ((u - x) * 11 * unit) / away, y + ((v - y) * 11 * unit) / away);
        context.lineTo(u, v);
      }
      context.stroke();
    }
    context.setLineDash([4 * unit, 4 * unit]); // the circle of which the text tells
    context.strokeStyle = "#D55E00";
    context.lineWidth = 1.2 * unit;
    context.beginPath();
    context.arc(x, y, NEAR * side, 0, 7);
    context.stroke();
    context.setLineDash([]);
    for (const [colour, width] of [["#fff", 7], ["#D55E00", 3.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = width * unit;
      context.beginPath();
      context.arc(x, y, 10 * unit, 0, 7);
      context.stroke();
    }
  }

  function move(x, y) {
    at = [x, y].map((share) => Math.max(0, Math.min(1, share)));
    show();
  }

  function say() {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const names = places.map((item) => one("span", item).textContent);
      playground.announce(`Ponto ${one("#where").textContent}. Perto: ${names.join(", ")}. ${one("#crowd").textContent}`);
    }));
  }

  function halt() {
    stop?.();
    stop = null;
    one("#stroll").textContent = "Passeio";
  }

  // Walk from the middle of one class to that of the next, always to the nearest that is left.
  function stops() {
    const middles = record.classes.map((_, label) => {
      const own = neighbourhood.filter((resident) => resident.label === label).map(({ place }) => place);
      const mean = [0, 1].map((c) => own.reduce((sum, place) => sum + place[c], 0) / own.length);
      const far = (place) => Math.hypot(place[0] - mean[0], place[1] - mean[1]);
      return own.reduce((best, place) => (far(place) < far(best) ? place : best));
    });
    const path = [at];
    while (middles.length) {
      const [x, y] = path.at(-1);
      middles.sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y));
      path.push(middles.shift());
    }
    return path;
  }

  function stroll() {
    halt();
    isDemonstration = false;
    const path = stops();
    one("#stroll").textContent = "Parar";
    stop = playground.animate(1.8 * (path.length - 1), (t) => {
      const leg = Math.min(path.length - 2, Math.floor(t * (path.length - 1)));
      const share = t * (path.length - 1) - leg;
      const eased = share * share * (3 - 2 * share);
      move(...path[leg].map((value, c) => value + eased * (path[leg + 1][c] - value)));
    }, () => {
      halt();
      say();
    });
  }

  canvas.addEventListener("pointerdown", (event) => {
    halt();
    [wasPinned, isPinned] = [isPinned, true];
    canvas.setPointerCapture(event.pointerId);
    moveTo(event);
    begun = at;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) {
      if (event.pointerType !== "mouse" || isPinned || (stop && !isDemonstration)) return;
      halt();
    }
    moveTo(event);
  });
  canvas.addEventListener("lostpointercapture", () => {
    if (wasPinned && distance(begun) < 0.01) isPinned = false;
    say();
  });
  function moveTo(event) {
    const box = canvas.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (!(event.key in moves)) return;
    event.preventDefault();
    halt();
    isPinned = true;
    const step = event.shiftKey ? 0.06 : 0.015;
    move(...at.map((value, c) => value + step * moves[event.key][c]));
    say();
  });
  all("input[name=layer]", section).forEach((radio) => {
    radio.addEventListener("change", () => {
      layer = radio.value;
      drawStill();
    });
  });
  one("#stroll").addEventListener("click", () => (stop ? halt() : stroll()));
  record.classes.forEach((name, label) => {
    const item = document.createElement("li");
    item.textContent = name;
    item.style.setProperty("--colour", COLOURS[label]);
    one("#key").append(item);
  });
  new ResizeObserver(drawStill).observe(canvas);

  at = neighbourhood[0].place;
  if (playground.motionIsWelcome()) {
    stroll();
    isDemonstration = true;
  } else show();
  return { leave: halt };
};
