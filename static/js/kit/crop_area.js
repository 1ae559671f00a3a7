// The square that is cut out of a picture: `{x, y, side}` in pixels of the picture, and how it moves and grows.

const SMALLEST = 96;
const MOST_ZOOM = 8;

const between = (least, value, most) => Math.min(Math.max(value, least), most);

/** The side of the largest square, which shows as much of the picture as possible. */
export const largest = ({ width, height }) => Math.min(width, height);

/** The side of the smallest one: below that its pixels would be seen. */
export function smallest(picture) {
  const most = largest(picture);
  return Math.min(most, Math.max(SMALLEST, most / MOST_ZOOM));
}

/** The square to begin with: the middle of the picture. */
export function middle(picture) {
  const side = largest(picture);
  return { x: (picture.width - side) / 2, y: (picture.height - side) / 2, side };
}

/** The same square, moved back into the picture. */
function inside(picture, { x, y, side }) {
  return { side, x: between(0, x, picture.width - side), y: between(0, y, picture.height - side) };
}

/** The square moved by a part of its own side, to the right and down. */
export const moved = (picture, area, right, down) =>
  inside(picture, { ...area, x: area.x + right * area.side, y: area.y + down * area.side });

/**
 * The square with another side, while the place at `(atX, atY)` stays where it is: 0.5 is the middle of the square, 0
 * its left or upper edge.
 */
export function resized(picture, area, wanted, atX = 0.5, atY = 0.5) {
  const side = between(smallest(picture), wanted, largest(picture));
  const lost = area.side - side;
  return inside(picture, { side, x: area.x + lost * atX, y: area.y + lost * atY });
}

/** How far in it is, from 0 to 1; each step of it enlarges by the same factor. */
export function zoomOf(picture, { side }) {
  const range = Math.log(largest(picture) / smallest(picture));
  return range ? Math.log(largest(picture) / side) / range : 0;
}

/** The square that is that far in. */
export const zoomed = (picture, area, zoom) =>
  resized(picture, area, largest(picture) * (smallest(picture) / largest(picture)) ** zoom);
