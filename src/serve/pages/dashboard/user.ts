/** The dashboard's look at one user: what is recommended, what was done, and forgetting. */
export const USER_SCRIPT = String.raw`
const nameOf = ({ title, itemId }) => title ? title + " (" + itemId + ")" : itemId;
const NO_TIME = new Date(0).toISOString();
const pathOfUser = () => "/v1/users/" + encodeURIComponent($("user").value);
async function recommend(token) {
  const path = pathOfUser(), after = token ? "&after=" + token : "";
  const list = await call(path + "/recommendations?limit=" + $("limit").value + after);
  const basis = list.basis === "popular" ? "popular (nothing is known of this user's taste)" : list.basis;
  $("origin").textContent = "user " + list.userId + ", basis: " + basis + "; generation " + list.generation + ", events below " + number(list.appliedOffset);
  $("list").replaceChildren(...list.items.map((item) => row(
    cell(String(item.rank)),
    cell(nameOf(item)),
    cell(item.score.toFixed(3), "number"),
    element("td", { class: "acts" },
      button("similar", "items similar to " + nameOf(item), "user", () => similar(item)),
      button("I did", "the user did " + nameOf(item), "user", () => did(item))),
  )));
  const { events } = await call(path + "/events?limit=8");
  $("history").replaceChildren(...events.map((event) => row(
    cell(nameOf(event)),
    cell(String(event.value), "number"),
    cell(event.time === NO_TIME ? "" : new Date(event.time).toLocaleString()),
    element("td", { class: "acts" }, button("take back", "take back " + nameOf(event), "user", () => takeBack(path, event))),
  )));
  $("noHistory").hidden = events.length > 0;
}
async function similar(item) {
  const { items } = await call("/v1/items/" + encodeURIComponent(item.itemId) + "/similar?limit=8");
  $("similarTo").textContent = "to " + nameOf(item);
  $("similar").replaceChildren(...items.map((one) => row(cell(nameOf(one)), cell(one.score.toFixed(3), "number"))));
}
async function did({ itemId }) {
  const { token } = await send("POST", "/v1/events", { userId: $("user").value, itemId });
  await recommend(token);
}
async function takeBack(path, { eventId }) {
  const { token } = await send("DELETE", path + "/events/" + encodeURIComponent(eventId));
  await recommend(token);
}
async function erase() {
  const userId = $("user").value, path = pathOfUser();
  const text = "Events, stored lists, the row in every generation and the id are deleted from the store. This cannot be taken back.";
  if (!await confirmed("Erase the user " + userId + "?", text, "Erase " + userId)) return;
  $("erased").hidden = false;
  $("erased").textContent = "Erasing " + userId + "...";
  try {
    const { token, ...erased } = await send("DELETE", path);
    $("erased").textContent = erasedText(erased);
    await recommend(token);
  } catch (error) {
    $("erased").hidden = $("erased").textContent.endsWith("...");
    throw error;
  }
}
$("ask").onsubmit = (event) => {
  event.preventDefault();
  $("erased").hidden = true;
  act("user", $("askButton"), recommend);
};
$("erase").onclick = () => act("user", $("erase"), erase);
const recommendFirst = () => isLocked || act("user", undefined, recommend);
recommendFirst();
`;
