type Teller = (text: string) => void;

let tell: Teller = () => undefined;

/** Whom a notice reaches; nobody until this is called. */
export function tellNotices(teller: Teller): void {
  tell = teller;
}

/** Something that the user should know of and that stops nothing. */
export function notice(text: string): void {
  tell(text);
}
