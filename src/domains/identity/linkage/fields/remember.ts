/** Names and towns repeat: remembers what a pure function made of a text. Forgets all when it holds a great many. */
export function remember<T>(make: (text: string) => T, most = 200_000): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = make(text);
      if (known.size >= most) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
