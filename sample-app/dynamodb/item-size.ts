/** A DynamoDB value as it goes over the wire: `{ S: 'text' }`. */
export type AttributeValue = Record<string, unknown>;
export type Item = Record<string, AttributeValue>;

/**
 * An item's size in bytes, as DynamoDB counts it: the names and the values of all attributes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  );
}

function valueSize(attribute: AttributeValue): number {
  const [type, value] = Object.entries(attribute)[0] ?? [];
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      return numberSize(String(value));
    case 'B':
      return Buffer.byteLength(String(value), 'base64');
    case 'SS':
      return (value as string[]).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    case 'NS':
      return (value as string[]).reduce((sum, text) => sum + numberSize(text), 0);
    case 'BS':
      return (value as string[]).reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
    case 'L':
      return 3 + (value as AttributeValue[]).reduce((sum, element) => sum + 1 + valueSize(element), 0);
    case 'M':
      return 3 + Object.keys(value as Item).length + itemSize(value as Item);
    default:
      // BOOL and NULL.
      return 1;
  }
}

/** About one byte for two significant digits, and one more: DynamoDB itself says "approximately". */
function numberSize(text: string): number {
  const [mantissa = ''] = text.split(/e/i);
  const digits = mantissa.replace(/[^\d]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1;
}
