"use strict";
// Lab 2: an image spoilt by a finger, or as a whole, and what a SAE and a dAE make of it.

playground.labs.ruido = async function (section) {
  const { one, all, number, normal, draw, oncePerFrame } = playground;
  const [list, ...records] = await Promise.all(["garments", "sae", "dae"].map((name) =>
    name === "garments" ? playground.garments() : playground.load(name),
  ));
  const [sae, dae] = records.map(({ encoder, decoder }) => playground.network([...encoder, ...decoder]));
  const RADIUS = 2.6; // of the brush, in pixels
  const FULL = 0.15; // the error at which a bar is full
  const RUBBED = 0.7; // the share of the pixels under the brush that one stroke erases; the next ones erase more
  const DIRT = 0.8; // the standard deviation of what the finger adds
  let original = list[0].image;
  let tool = "erase";
  let level = 0; // of the whole image, from 0 to 0.9
  let chances; // one a pixel, in [0, 1): it is erased when the level is larger
  let normals;
  let rubbed; // pixels erased by the finger
  let dirt; // what the finger added to pixels
  let luck; // of each pixel in this stroke
  let brush = [14, 14]; // of the keyboard
  let stop = null;
  let opening = true; // what is spoilt is what the lab shows first: who paints begins with a whole image

  const newLuck = () => (luck = Float32Array.from({ length: 784 }, Math.random));

  function redraw() {
    chances = Float32Array.from({ length: 784 }, Math.random);
    normals = Float32Array.from({ length: 784 }, normal);
  }

  function mend() {
    opening = false;
    rubbed = new Uint8Array(784);
    dirt = new Float32Array(784);
    setLevel(0);
  }

  function setLevel(value) {
    level = value;
    one("#level").value = Math.round(100 * level);
    const told = tool === "erase" ? `${Math.round(100 * level)} % apagada` : `desvio padrão ${number(level, 2)}`;
    one("#level-told").textContent = level ? told : "nada";
    one("#level").setAttribute("aria-valuetext", one("#level-told").textContent);
    show();
  }

  const isErased = (i) => rubbed[i] || (tool === "erase" && chances[i] < level);

  // Noise takes pixels below 0 and above 1: the networks get them so, and pictures cut them.
  function spoilt() {
    return original.map((value, i) => {
      if (isErased(i)) return 0;
      return value + dirt[i] + (tool === "noise" ? level * normals[i] : 0);
    });
  }

  // Both networks get what is left multiplied as Keras' Dropout does it, so that the sum remains the same on average.
  function seen(image) {
    let erased = 0;
    for (let i = 0; i < 784; i++) if (isErased(i)) erased++;
    return image.map((value) => value / (1 - Math.min(0.95, erased / 784)));
  }

  function showError(name, error) {
    const bar = one(`.${name}-bar`, section);
    one("i", bar).style.setProperty("--share", Math.min(1, error / FULL).toFixed(3));
    one("i", bar).toggleAttribute("data-cut", error > FULL);
    one("b", bar).textContent = number(error, 4);
  }

  const fold = (times) => number(times, 1) + (times < 1.95 ? " vez" : " vezes");

  function verdict(before, ofSAE, ofDAE) {
    const times = ofSAE / ofDAE;
    if (before === 0 && times < 1) return `Sem estrago, o erro do dAE é ${fold(1 / times)} o do SAE. Agora estrague!`;
    if (times > 1.1) return `O erro do SAE é ${fold(times)} o do dAE.`;
    if (times < 1 / 1.1) {
      const why = rubbed.some(Boolean) ? ": o dAE viu pixels apagados, mas não buracos." : ".";
      return `O erro do dAE é ${fold(1 / times)} o do SAE${why}`;
    }
    return "Os dois erram quase o mesmo.";
  }

  const show = oncePerFrame(() => {
    const image = spoilt();
    const given = seen(image);
    const [ofSAE, ofDAE] = [sae(given), dae(given)];
    const errors = [image, ofSAE, ofDAE].map((result) => playground.squaredError(result, original));
    draw(one("#spoilt"), image);
    draw(one("#by-sae"), ofSAE);
    draw(one("#by-dae"), ofDAE);
    ["spoilt", "sae", "dae"].forEach((name, i) => showError(name, errors[i]));
    one("#by-sae").setAttribute("aria-label", `Do SAE; lembra: ${playground.mostLike(ofSAE, list)}; erro ${number(errors[1], 4)}`);
    one("#by-dae").setAttribute("aria-label", `Do dAE; lembra: ${playground.mostLike(ofDAE, list)}; erro ${number(errors[2], 4)}`);
    one("#winner").textContent = verdict(...errors);
    if (document.activeElement === one("#spoilt") && one("#spoilt").matches(":focus-visible")) drawBrush();
  });

  function say() {
    requestAnimationFrame(() => requestAnimationFrame(() => playground.announce(one("#winner").textContent)));
  }

  function choose(i) {
    original = list[i].image;
    draw(one("#clean"), original);
    one("#clean").setAttribute("aria-label", `Original: ${list[i].name}`);
    one("#spoilt").setAttribute("aria-label", `${list[i].name}, para estragar`);
    rubbed = new Uint8Array(784);
    dirt = new Float32Array(784);
    show();
  }

  function halt() {
    stop?.();
    stop = null;
  }

  // The brush: pixels whose centres are near a point, in pixels.
  function paint(x, y) {
    for (let row = 0; row < 28; row++) {
      for (let column = 0; column < 28; column++) {
        if ((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 > RADIUS ** 2) continue;
        const i = 28 * row + column;
        if (tool === "erase") rubbed[i] ||= luck[i] < RUBBED;
        else {
          rubbed[i] = 0;
          if (!dirt[i]) dirt[i] = DIRT * normal();
        }
      }
    }
    show();
  }

  function drawBrush() {
    const context = one("#spoilt").getContext("2d");
    context.strokeStyle = "#D55E00";
    context.strokeRect(brush[0] - RADIUS, brush[1] - RADIUS, 2 * RADIUS, 2 * RADIUS);
  }

  const canvas = one("#spoilt");
  let last = null;
  function stroke(event) {
    const box = canvas.getBoundingClientRect();
    const at = [(28 * (event.clientX - box.left)) / box.width, (28 * (event.clientY - box.top)) / box.height];
    const begin = last ?? at;
    const steps = Math.max(1, Math.ceil(Math.hypot(at[0] - begin[0], at[1] - begin[1])));
    for (let k = 1; k <= steps; k++) paint(...at.map((value, c) => begin[c] + (k / steps) * (value - begin[c])));
    last = at;
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    halt();
    canvas.setPointerCapture(event.pointerId);
    if (opening) mend();
    last = null;
    newLuck();
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) stroke(event);
  });
  canvas.addEventListener("lostpointercapture", say);
  canvas.addEventListener("focus", show);
  canvas.addEventListener("blur", show);
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    if (event.key in moves) brush = brush.map((value, c) => Math.max(1, Math.min(27, value + moves[event.key][c])));
    else if (event.key === " ") {
      if (opening) mend();
      newLuck();
      paint(...brush);
      say();
    } else return;
    event.preventDefault();
    halt();
    show();
  });

  playground.fillStrip(one("#victim"), list, 0, (i) => {
    halt();
    choose(i);
    say();
  });
  all("input[name=tool]", section).forEach((radio) => {
    radio.addEventListener("change", () => {
      halt();
      tool = radio.value;
      setLevel(level);
    });
  });
  one("#level").addEventListener("input", () => {
    halt();
    opening = false;
    setLevel(one("#level").value / 100);
    say();
  });
  one("#redraw").addEventListener("click", () => {
    halt();
    opening = false;
    redraw();
    if (!level) setLevel(tool === "erase" ? 0.5 : 0.4);
    show();
    say();
  });
  one("#mend").addEventListener("click", () => {
    halt();
    mend();
    say();
  });

  redraw();
  choose(0);
  mend();
  opening = true;
  if (playground.motionIsWelcome()) stop = playground.animate(2.5, (t) => setLevel(0.65 * t), () => (stop = null));
  else setLevel(0.65);
  return { leave: halt };
};
