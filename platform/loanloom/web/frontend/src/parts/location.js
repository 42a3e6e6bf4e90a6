// Asks the device where it is and writes the figures into the boxes; they can be written by hand all the same.
import { toast } from "./toasts.js";

export function arm(button) {
  if (!navigator.geolocation) return;
  const box = (part) => document.getElementById(`${button.dataset.locate}-${part}`);
  const [latitude, longitude, accuracy] = ["latitude", "longitude", "accuracy"].map(box);
  button.hidden = false;
  if (button.dataset.armed) return;
  button.dataset.armed = "yes";
  const found = ({ coords }) => {
    latitude.value = coords.latitude.toFixed(6);
    longitude.value = coords.longitude.toFixed(6);
    accuracy.value = Math.round(coords.accuracy);
    longitude.dispatchEvent(new Event("input", { bubbles: true }));
    longitude.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const refused = () => toast(button.dataset.refused, "bad");
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(found, refused, { enableHighAccuracy: true, timeout: 15000 });
  });
  // A figure written by hand was not measured.
  for (const one of [latitude, longitude]) one.addEventListener("input", (event) => event.isTrusted && (accuracy.value = ""));
}
