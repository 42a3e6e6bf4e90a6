// A signature drawn with finger, pen or mouse becomes an image in the file box beside it; without this an image is chosen.
const WIDTH = 480;
const HEIGHT = 160;

function button(words, style) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn ${style}`;
  made.textContent = words;
  return made;
}

function drawn(canvas, changed) {
  const pen = canvas.getContext("2d");
  pen.lineWidth = 2.5;
  pen.lineCap = pen.lineJoin = "round";
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    changed(true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  return () => {
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    changed(false);
  };
}

export function arm(input) {
  const there = document.getElementById(`${input.id}-pad`);
  if (there) return input.after(there);
  const pad = document.createElement("div");
  pad.className = "signature-pad";
  pad.id = `${input.id}-pad`;
  pad.dataset.stays = ""; // what is half drawn outlives an answer of the server
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", input.dataset.words);
  const use = button(input.dataset.use, "btn-secondary");
  const wipe = button(input.dataset.clear, "btn-link");
  const clear = drawn(canvas, (some) => (use.disabled = wipe.disabled = !some));
  use.disabled = wipe.disabled = true;
  wipe.addEventListener("click", clear);
  use.addEventListener("click", () =>
    canvas.toBlob((blob) => {
      const given = new DataTransfer();
      given.items.add(new File([blob], "signature.png", { type: "image/png" }));
      input.files = given.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      clear();
    }, "image/png"),
  );
  pad.append(canvas, use, wipe);
  input.after(pad);
}
