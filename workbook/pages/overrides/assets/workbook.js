// The language switch keeps the place on the page and the theme.
const language = document.querySelector(".wb-language a")
language?.addEventListener("click", () => {
  language.hash = location.hash
  const palette = __md_get("__palette")
  if (palette) __md_set("__palette", palette, localStorage, new URL(language.dataset.root, location))
})

// A pasted error is one line of words: to the search, a quoted phrase would be words that must all be there.
const search = document.querySelector("[data-md-component=search-query]")
search?.addEventListener("paste", event => {
  event.preventDefault()
  const words = event.clipboardData.getData("text").replace(/[\s"]+/g, " ").trim()
  search.setRangeText(words, search.selectionStart, search.selectionEnd, "end")
  search.dispatchEvent(new KeyboardEvent("keyup"))
})

// The API page draws the schema with Swagger UI.
const api = document.getElementById("wb-api")
if (api) {
  const assets = new URL(api.dataset.assets, location)
  const style = document.createElement("link")
  style.rel = "stylesheet"
  style.href = new URL("swagger/swagger-ui.css", assets)
  const script = document.createElement("script")
  script.src = new URL("swagger/swagger-ui-bundle.js", assets)
  script.onload = () =>
    SwaggerUIBundle({
      url: new URL("openapi.json", assets).href,
      domNode: api,
      docExpansion: "full",
      supportedSubmitMethods: [], // nobody serves the API here
      validatorUrl: null,
    })
  document.head.append(style, script)
  const theme = () =>
    document.documentElement.classList.toggle("dark-mode", document.body.dataset.mdColorScheme === "slate")
  new MutationObserver(theme).observe(document.body, { attributeFilter: ["data-md-color-scheme"] })
  theme()
}
