// How the reader points: coarse with a finger, which also means that typing opens a keyboard on the screen.
export const touch = matchMedia("(pointer: coarse)");
