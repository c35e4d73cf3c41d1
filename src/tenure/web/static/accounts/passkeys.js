// Passkeys (WebAuthn). A form says what it wants by data-passkey: "create" or "get"; the server's
// options stand in the element that data-options names, or are fetched from data-options-at.
// What is not possible here stays hidden: whoever has no script or no passkey uses a password.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const named = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

async function create(options) {
  const publicKey = {
    ...options.publicKey,
    challenge: toBytes(options.publicKey.challenge),
    user: { ...options.publicKey.user, id: toBytes(options.publicKey.user.id) },
    excludeCredentials: named(options.publicKey.excludeCredentials),
    authenticatorSelection: {
      ...options.publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const publicKey = {
    ...options.publicKey,
    challenge: toBytes(options.publicKey.challenge),
    allowCredentials: named(options.publicKey.allowCredentials),
  };
  const made = await navigator.credentials.get({ publicKey });
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      authenticatorData: toText(made.response.authenticatorData),
      signature: toText(made.response.signature),
      userHandle: made.response.userHandle ? toText(made.response.userHandle) : null,
    },
  };
}

async function optionsOf(form) {
  const given = document.getElementById(form.dataset.options ?? "");
  const data = given
    ? JSON.parse(given.textContent)
    : await (await fetch(form.dataset.optionsAt, { headers: { Accept: "application/json" } })).json();
  return data.creation_options ?? data.request_options;
}

const possible =
  window.isSecureContext && window.PublicKeyCredential && !/^[\d.:[\]]+$/.test(location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = !possible;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    event.stopPropagation();
    if (failed) failed.hidden = true;
    try {
      const ceremony = form.dataset.passkey === "create" ? create : get;
      form.elements.credential.value = JSON.stringify(await ceremony(await optionsOf(form)));
      form.submit();
    } catch {
      form.elements.credential.value = "";
      if (failed) failed.hidden = false;
    }
  });
}
for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = Boolean(possible);
