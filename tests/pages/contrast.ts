/** Contrast of text by WCAG 2.2, success criterion 1.4.3. */
import type { Page } from "playwright-core";

export interface Faint {
  text: string;
  /** To 1. */
  contrast: number;
  colors: string;
}

/** Texts in sight of the page that are too faint: less than 4.5 to 1, large ones less than 3 to 1. */
export const faintTexts = (page: Page): Promise<Faint[]> => page.evaluate(findFaintTexts);

/** Runs in the browser, so it holds all that it needs. */
function findFaintTexts(): Faint[] {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  type Color = [red: number, green: number, blue: number];

  /** What a colour of any notation looks like on another. */
  function over(color: string, ground: Color): Color {
    if (!context) return ground;
    context.fillStyle = `rgb(${ground.join()})`;
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue];
  }

  function groundOf(element: Element | null): Color {
    if (element === null) return over("canvas", [255, 255, 255]);
    return over(getComputedStyle(element).backgroundColor, groundOf(element.parentElement));
  }

  function luminance(color: Color): number {
    const [red = 0, green = 0, blue = 0] = color.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(a: Color, b: Color): number {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  }

  function textOf(element: Element): { text: string; color: string } {
    const style = getComputedStyle(element);
    if (element instanceof HTMLInputElement) {
      if (!/^(text|search)$/.test(element.type)) return { text: "", color: "" };
      if (element.value !== "") return { text: element.value, color: style.color };
      return { text: element.placeholder, color: getComputedStyle(element, "::placeholder").color };
    }
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    return { text: own.map((node) => node.textContent ?? "").join("").trim(), color: style.color };
  }

  /** Not what is off, and not what only ears get. */
  function isSeen(element: Element): boolean {
    const { width, height } = element.getBoundingClientRect();
    const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    return shown && width > 2 && height > 2 && !element.closest(":disabled, [aria-disabled=true], .sr");
  }

  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const { text, color } = textOf(element);
    if (text === "" || !isSeen(element)) return [];
    const ground = groundOf(element);
    const ink = over(color, ground);
    const { fontSize, fontWeight } = getComputedStyle(element);
    const large = parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
    const found = contrast(ink, ground);
    if (found >= (large ? 3 : 4.5)) return [];
    return [{ text: text.slice(0, 40), contrast: Math.round(found * 100) / 100, colors: `${ink} on ${ground}` }];
  });
}
