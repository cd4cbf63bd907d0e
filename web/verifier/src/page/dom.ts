/** Elements made of text. Nothing a file holds ever becomes markup: there is no innerHTML here. */

export type Child = Node | string | null;
type Attributes = Record<string, string | boolean | null>;

function furnish<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === true) element.setAttribute(name, "");
        else if (typeof value === "string") element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(
    name: K,
    attributes: Attributes = {},
    ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
    return furnish(document.createElement(name), attributes, children);
}

export function svg(name: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
    return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** The element of the page with that id, which is always there. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
    const found = document.getElementById(id);
    if (found === null) throw new Error(`the page has no #${id}`);
    return found as E;
}

/** 25,000 */
export function grouped(value: number | bigint): string {
    return value.toLocaleString("en");
}

export function code(text: string): HTMLElement {
    return h("code", {}, text);
}
