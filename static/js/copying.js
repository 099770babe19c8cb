// A button that copies a text: works without the clipboard permission, which plain http in an office does not give.
document.querySelectorAll("[data-copies]").forEach((button) => {
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copies);
    text.focus();
    text.select();
    const done = document.execCommand("copy");
    document.getElementById(`${button.dataset.copies}-said`).textContent = done
      ? "已复制,可以粘贴到工作群。"
      : "文字已选中,请按 Ctrl+C 复制。";
  });
});
