"use strict";
// What all labs share: which lab is open, the data it needs, pictures, numbers, colours, the choice of a garment.

(function () {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Numbers as a Brazilian writes them.
  function number(value, digits = 1) {
    const text = value.toLocaleString("pt-BR", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return text.replace("-", "−");
  }

  // Draw a number from the standard normal.
  function normal() {
    return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  }

  const motionIsWelcome = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Said by a screen reader when nothing has been said for a moment, so that a drag is not a flood.
  let waiting;
  function announce(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => (one("#said").textContent = text), 700);
  }

  // Data: each part is a script, added when a lab first needs it; so it works from a folder, too.
  const parts = new Map();
  const receivers = new Map();

  function receive(record) {
    receivers.get(record.name)?.(record);
  }

  function load(name) {
    if (!parts.has(name)) {
      const part = new Promise((resolve, reject) => {
        receivers.set(name, resolve);
        const script = document.createElement("script");
        script.src = `data/${name}.js`;
        script.onload = () => reject(new Error(`data/${name}.js não está inteiro`)); // too late if it was received
        script.onerror = () => reject(new Error(`não consegui ler data/${name}.js`));
        document.head.append(script);
      });
      part.catch(() => parts.delete(name)); // another try reads it again
      parts.set(name, part);
    }
    return parts.get(name);
  }

  // Pictures. In the course 1 is black, on white paper.
  const INK = 17;
  function draw(canvas, image) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(28, 28);
    for (let i = 0; i < 784; i++) {
      const grey = 255 - (255 - INK) * Math.min(1, Math.max(0, image[i]));
      pixels.data.set([grey, grey, grey, 255], 4 * i);
    }
    context.putImageData(pixels, 0, 0);
  }

  // Draw a difference: white is zero, purple is more ink and orange is less, as in the figures of the course.
  const MORE = [84, 39, 136];
  const LESS = [179, 88, 6];
  function drawDifference(canvas, image, reference) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(28, 28);
    for (let i = 0; i < 784; i++) {
      const difference = image[i] - reference[i];
      const share = Math.min(1, 2 * Math.abs(difference));
      const colour = difference > 0 ? MORE : LESS;
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = 255 + share * (colour[c] - 255);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }

  function newPicture() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 28;
    canvas.className = "picture";
    return canvas;
  }

  // The garments, with names that tell them apart.
  async function garments() {
    const record = await load("garments");
    const seen = {};
    return playground.images(record.images).map((image, i) => {
      const kind = record.classes[record.labels[i]];
      seen[kind] = (seen[kind] || 0) + 1;
      return { image, kind, name: `${kind} ${seen[kind]}` };
    });
  }

  // Fill a fieldset with garments to choose from; `choose` is called with the index of the one chosen.
  function fillStrip(fieldset, list, chosen, choose) {
    const strip = one(".strip", fieldset);
    list.forEach((garment, i) => {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      Object.assign(radio, { type: "radio", name: fieldset.id, value: i, checked: i === chosen });
      radio.setAttribute("aria-label", garment.name);
      radio.addEventListener("change", () => choose(i));
      const picture = newPicture();
      picture.setAttribute("aria-hidden", "true");
      draw(picture, garment.image);
      label.append(radio, picture);
      label.title = garment.name;
      strip.append(label);
    });
  }

  // Return the kind of the garment that an image looks most like: for who does not see it.
  function mostLike(image, list) {
    return list.reduce((best, garment) => {
      const error = playground.squaredError(image, garment.image);
      return error < best.error ? { error, kind: garment.kind } : best;
    }, { error: Infinity }).kind;
  }

  // Call `step` with a share from 0 to 1 at each frame for some seconds; return what stops it.
  function animate(seconds, step, done = () => {}) {
    let frame;
    let began;
    const tick = (now) => {
      began ??= now;
      const share = seconds ? Math.min(1, (now - began) / (1000 * seconds)) : 1;
      step(share);
      if (share < 1) frame = requestAnimationFrame(tick);
      else done();
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }

  // Call a function at the next frame, once, however often it is asked for until then.
  function oncePerFrame(callback) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        callback();
      });
    };
  }

  // Labs: each gives what opens it, called the first time it is seen, and may be told when it is left.
  const labs = {};
  const opened = new Map();

  async function open(name) {
    const section = one(`#${name}`);
    for (const other of all("main > section")) other.hidden = other !== section;
    for (const link of all("nav a[href^='#']")) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    document.title = `${one("h2", section).textContent} · Autoencoders, o curso`;
    for (const [other, lab] of opened) if (other !== name) lab?.leave?.();
    if (opened.has(name)) return;
    opened.set(name, null);
    const status = one(".status", section);
    status.textContent = "Trazendo o modelo…";
    try {
      opened.set(name, await labs[name](section));
      status.textContent = "";
      section.classList.add("ready");
    } catch (error) {
      opened.delete(name);
      const again = document.createElement("button");
      again.textContent = "Tentar de novo";
      again.addEventListener("click", () => open(name));
      status.replaceChildren(`O laboratório não abriu: ${error.message}. `, again);
    }
  }

  function openAddressed(event) {
    const name = location.hash.slice(1);
    if (event && name && !(name in labs)) return; // the link that skips the top
    const known = name in labs ? name : Object.keys(labs)[0];
    open(known);
    if (event) {
      one(`#${known} h2`).focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }

  // Light or dark: as the reader chose here or in the course's pages, which keep it under the same names.
  function toggleTheme() {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("mode", theme);
      localStorage.setItem("theme", theme);
    } catch {
      // nothing is kept where the browser keeps nothing
    }
  }

  // As long as nothing was chosen, the page follows the system.
  function followSystem(event) {
    try {
      if (localStorage.getItem("theme")) return;
    } catch {
      // nothing is kept, so nothing was chosen before
    }
    document.documentElement.dataset.theme = event.matches ? "dark" : "light";
  }

  function start() {
    one("#theme").addEventListener("click", toggleTheme);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", followSystem);
    addEventListener("hashchange", openAddressed);
    openAddressed();
  }

  Object.assign(playground, {
    one, all, number, normal, motionIsWelcome, announce, receive, load, draw, drawDifference, newPicture, garments, fillStrip,
    mostLike, animate, oncePerFrame, labs, start,
  });
})();
