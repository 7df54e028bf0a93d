// A security key is asked by the browser; its answer goes with the form, which is sent as any other.
"use strict";

(() => {
  const form = document.querySelector("form[data-key]");
  if (!form) {
    return;
  }
  const part = (name) => form.querySelector(`[data-key-${name}]`);
  if (!window.PublicKeyCredential || !navigator.credentials) {
    part("lacking").hidden = false;
    return;
  }
  part("button").hidden = false;

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const opened = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = () => {
    const options = JSON.parse(form.dataset.options);
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (form.dataset.key === "create") {
      publicKey.user = { ...options.user, id: bytes(options.user.id) };
      publicKey.excludeCredentials = opened(options.excludeCredentials);
      return navigator.credentials.create({ publicKey });
    }
    publicKey.allowCredentials = opened(options.allowCredentials);
    return navigator.credentials.get({ publicKey });
  };

  const told = (credential) => {
    const { response } = credential;
    const answer = {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: { clientDataJSON: text(response.clientDataJSON) },
    };
    if (form.dataset.key === "create") {
      answer.response.attestationObject = text(response.attestationObject);
      answer.response.transports = response.getTransports ? response.getTransports() : [];
    } else {
      answer.response.authenticatorData = text(response.authenticatorData);
      answer.response.signature = text(response.signature);
      if (response.userHandle) {
        answer.response.userHandle = text(response.userHandle);
      }
    }
    return JSON.stringify(answer);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    part("failed").hidden = true;
    const button = part("button").querySelector("button");
    button.disabled = true;
    try {
      form.elements.answer.value = told(await ask());
      form.submit();
    } catch {
      part("failed").hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
})();
