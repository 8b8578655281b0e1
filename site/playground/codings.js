"use strict";
// Lab 1: a garment, its 30 codings as bars to drag, and what the decoder makes of them; from one garment to another.

playground.labs.codings = async function (section) {
  const { one, all, number, normal, draw, oncePerFrame } = playground;
  const [list, sae] = await Promise.all([playground.garments(), playground.load("sae")]);
  const N = 30;
  const models = {};
  let model; // the one in use
  let from = 0; // the garments
  let to = 3;
  let codings = new Float32Array(N);
  let reference; // what the decoder makes of the garment's own codings
  let stop = null; // what is moving by itself
  let active = 0; // the bar in focus
  let isDemonstration = false; // what moves is what the lab shows first

  function add(name, record, encode) {
    const decode = playground.network(record.decoder);
    const low = playground.decodeArray(record.low, "float32");
    const high = playground.decodeArray(record.high, "float32");
    const limit = 1.25 * Math.max(...low.map(Math.abs), ...high);
    models[name] = { name, decode, low, high, limit, order: record.order, codings: list.map(encode) };
  }

  const encode = playground.network(sae.encoder);
  add("sae", sae, (garment) => encode(garment.image));

  // The bars, from the coding that changes most to the one that changes least.
  const bars = Array.from({ length: N }, (_, i) => {
    const bar = document.createElement("div");
    bar.className = "bar";
    bar.tabIndex = i ? -1 : 0;
    bar.setAttribute("role", "slider");
    bar.setAttribute("aria-orientation", "vertical");
    bar.setAttribute("aria-label", `Coding ${i + 1}`);
    bar.innerHTML = "<i></i><b></b>";
    return bar;
  });
  one("#bars").append(...bars);

  const share = (value) => (50 * value) / model.limit; // of the height, in %, from the middle

  function showBar(i) {
    const j = model.order[i];
    const style = bars[i].style;
    style.setProperty("--value", share(codings[j]).toFixed(2));
    bars[i].setAttribute("aria-valuenow", codings[j].toFixed(1));
    bars[i].setAttribute("aria-valuetext", number(codings[j]));
  }

  // Where training images hardly differ: the model has switched the coding off.
  const isSilent = (j) => model.high[j] - model.low[j] < 0.5;

  function showRanges() {
    one("#bars").dataset.model = model.name;
    bars.forEach((bar, i) => {
      const j = model.order[i];
      bar.style.setProperty("--low", share(model.low[j]).toFixed(2));
      bar.style.setProperty("--high", share(model.high[j]).toFixed(2));
      bar.classList.toggle("silent", isSilent(j));
      bar.setAttribute("aria-valuemin", (-model.limit).toFixed(1));
      bar.setAttribute("aria-valuemax", model.limit.toFixed(1));
    });
  }

  const looks = (image) => playground.mostLike(image, list);

  const show = oncePerFrame(() => {
    bars.forEach((_, i) => showBar(i));
    const image = model.decode(codings);
    draw(one("#decoded"), image);
    draw(one("#now"), image);
    playground.drawDifference(one("#changed"), image, reference);
    one("#decoded").setAttribute("aria-label", `Imagem decodificada; lembra: ${looks(image)}`);
  });

  function tell(i) {
    const j = model.order[i];
    one("#told").textContent = `coding ${i + 1}: ${number(codings[j])}`;
  }

  function say() {
    playground.announce(`A imagem lembra: ${looks(model.decode(codings))}`);
  }

  function choose() {
    const garment = list[from];
    codings = Float32Array.from(model.codings[from]);
    reference = model.decode(codings);
    draw(one("#original"), garment.image);
    one("#original").setAttribute("aria-label", `Original: ${garment.name}`);
    draw(one("#from"), garment.image);
    draw(one("#to"), list[to].image);
    one("#share").value = 0;
    one("#told").textContent = "";
    remark("");
    show();
  }

  function remark(text) {
    one("#remark").textContent = text;
  }

  function morph(percent) {
    const [a, b] = [model.codings[from], model.codings[to]];
    one("#told").textContent = "";
    one("#share").value = percent;
    one("#share").setAttribute("aria-valuetext", `${Math.round(percent)} %, de ${list[from].name} para ${list[to].name}`);
    codings = a.map((value, j) => value + (percent / 100) * (b[j] - value));
    show();
  }

  function halt() {
    stop?.();
    stop = null;
    if (isDemonstration) remark("");
    isDemonstration = false;
    one("#play").setAttribute("aria-label", "Transformar");
    one("#play span").textContent = "▶";
  }

  const smooth = (t) => t * t * (3 - 2 * t);

  // On a phone the buttons may be further down than what they change.
  function bringIntoView() {
    one(".result").scrollIntoView({ block: "nearest", behavior: playground.motionIsWelcome() ? "smooth" : "auto" });
  }

  // Go to the other garment, or back from it.
  function play(thereAndBack = false) {
    halt();
    const back = Number(one("#share").value) > 50;
    one("#play").setAttribute("aria-label", "Parar");
    one("#play span").textContent = "❚❚";
    const HELD = 0.25; // of the time there and back: first one sees what is to change
    const turn = (t) => 1 - Math.abs(1 - (2 * Math.max(0, t - HELD)) / (1 - HELD));
    const path = thereAndBack ? turn : (t) => (back ? 1 - t : t);
    isDemonstration = thereAndBack;
    if (thereAndBack) remark(`Demonstração: de ${list[from].kind} a ${list[to].kind}, e de volta.`);
    stop = playground.animate(thereAndBack ? 6.5 : 2.5, (t) => morph(100 * smooth(path(t))), () => {
      halt();
      if (!thereAndBack) say();
    });
  }

  // Move all codings to others, so that the eye can follow.
  function glide(goal) {
    halt();
    one("#told").textContent = "";
    const begin = Float32Array.from(codings);
    const seconds = playground.motionIsWelcome() ? 0.5 : 0;
    stop = playground.animate(seconds, (t) => {
      codings = begin.map((value, j) => value + smooth(t) * (goal[j] - value));
      show();
    }, () => {
      stop = null;
      say();
    });
  }

  // Draw each coding by itself: the VAE's from the standard normal, the SAE's where those of training images are.
  function drawAll() {
    one("#share").value = 0;
    bringIntoView();
    const ofSAE = (j) => (model.low[j] + model.high[j]) / 2 + ((model.high[j] - model.low[j]) / 4.65) * normal();
    glide(Float32Array.from({ length: N }, (_, j) => (model.name === "vae" ? normal() : ofSAE(j))));
    remark(
      model.name === "vae"
        ? `O VAE treinou para isto: muitas vezes sai uma peça, meio borrada. ${switchedOff()}`
        : "Cada número é possível, mas juntos não combinam: o SAE não treinou para sorteios. E o VAE?",
    );
  }

  function switchedOff() {
    return `Ele desligou ${model.order.filter(isSilent).length} dos 30 codings: as últimas barras não mudam quase nada.`;
  }

  async function use(name) {
    if (!models[name]) {
      one(".status", section).textContent = "Trazendo o VAE…";
      const record = await playground.load("vae");
      const codingsOf = playground.rows(record.codings, N);
      add("vae", record, (_, i) => codingsOf[i]);
      one(".status", section).textContent = "";
    }
    halt();
    model = models[name];
    showRanges();
    choose();
    if (name === "vae") remark(switchedOff());
  }

  // Bars: dragged by mouse or finger, moved by keys.
  function set(i, value) {
    const j = model.order[i];
    codings[j] = Math.max(-model.limit, Math.min(model.limit, value));
    tell(i);
    show();
  }

  function focus(i) {
    bars[active].tabIndex = -1;
    active = (i + N) % N;
    bars[active].tabIndex = 0;
    bars[active].focus({ preventScroll: true });
    tell(active);
  }

  bars.forEach((bar, i) => {
    const pull = (event) => {
      const box = bar.getBoundingClientRect();
      set(i, model.limit * (1 - (2 * (event.clientY - box.top)) / box.height));
    };
    bar.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      halt();
      bar.setPointerCapture(event.pointerId);
      bar.classList.add("held");
      focus(i);
      pull(event);
    });
    bar.addEventListener("pointermove", (event) => {
      if (bar.hasPointerCapture(event.pointerId)) pull(event);
    });
    bar.addEventListener("lostpointercapture", () => {
      bar.classList.remove("held");
      say();
    });
    bar.addEventListener("dblclick", () => set(i, model.codings[from][model.order[i]]));
    bar.addEventListener("keydown", (event) => {
      const step = model.limit / 20;
      const value = codings[model.order[i]];
      const moves = { ArrowUp: step, ArrowDown: -step, PageUp: 5 * step, PageDown: -5 * step };
      if (event.key in moves) set(i, value + moves[event.key]);
      else if (event.key === "Home") set(i, -model.limit);
      else if (event.key === "End") set(i, model.limit);
      else if (event.key === "ArrowLeft") focus(i - 1);
      else if (event.key === "ArrowRight") focus(i + 1);
      else return;
      event.preventDefault();
      halt();
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) say();
    });
  });

  playground.fillStrip(one("#piece"), list, from, (i) => {
    halt();
    from = i;
    if (to === from) {
      to = (from + 1) % list.length;
      one(`#goal input[value="${to}"]`).checked = true;
    }
    choose();
  });
  playground.fillStrip(one("#goal"), list, to, (i) => {
    to = i;
    draw(one("#to"), list[to].image);
    bringIntoView();
    if (playground.motionIsWelcome()) {
      morph(0);
      play();
    } else {
      halt();
      morph(100);
    }
  });
  all("input[name=model]", section).forEach((radio) => {
    radio.addEventListener("change", () => use(radio.value).catch((error) => remark(`${error.message}.`)));
  });
  one("#reset").addEventListener("click", () => {
    one("#share").value = 0;
    remark("");
    glide(model.codings[from]);
  });
  one("#draw").addEventListener("click", drawAll);
  one("#play").addEventListener("click", () => {
    if (stop) return halt();
    bringIntoView();
    play();
  });
  one("#share").addEventListener("input", () => {
    halt();
    morph(Number(one("#share").value));
    say();
  });

  await use("sae");
  // What is possible is shown once; the first touch stops it.
  if (playground.motionIsWelcome()) play(true);
  section.addEventListener("pointerdown", (event) => event.target.closest("#play") || halt(), { capture: true });
  return { leave: halt };
};
