/**
 * Reads filter expressions. AND binds tighter than OR, two terms side by side mean AND, and parentheses group; AWS
 * documents the first two nowhere, and the third only by example (`ok !partial duration <3`).
 */
import { canonicalType } from '../node-types.ts';
import type {
  AnnotationComparison,
  ComparisonOperator,
  FilterExpression,
  RootCauseKind,
  RootCausePart,
  ServiceSelector,
} from './expression.ts';
import { FilterSyntaxError } from './filter-syntax-error.ts';
import {
  formNamed,
  forms,
  type Keyword,
  keywordNamed,
  keywords,
  operatorMeanings,
  operatorsOf,
  type Scope,
  type ValueClass,
} from './grammar.ts';
import { type Token, tokenize } from './lexer.ts';

/** Something that could stand at a place of the expression. */
export interface Expectation {
  /** As it is written, e.g. `AND`. */
  text: string;
  type: 'keyword' | 'operator' | 'value' | 'connective' | 'punctuation';
  meaning: string;
}

/** Ours: deeper nesting is no filter, but an attack on the stack. */
const deepestNesting = 100;

/** Ours, too: AWS's model sets no limit, but every character is looked at while others wait. */
export const longestExpression = 50_000;

/**
 * Reads a filter expression; an empty one matches everything.
 * @throws FilterSyntaxError that says where, what was expected, and the repair
 */
export function parseFilterExpression(text: string): FilterExpression {
  return new Parser(text).parse();
}

/**
 * Reads an expression in which `id(…)` may also stand alone, for the service it describes: so entity selectors write it.
 * @throws FilterSyntaxError as above
 */
export function parseEntitySelector(text: string): FilterExpression {
  return new Parser(text, { allowsBareId: true }).parse();
}

/** What could come next after a text that may be unfinished; nothing if it is already wrong. */
export function expectationsAfter(text: string): readonly Expectation[] {
  const parser = new Parser(text);
  try {
    parser.parse();
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
  }
  return parser.expectationsAtEnd();
}

const allOperators = new Set<string>(Object.keys(operatorMeanings));
const connectives = new Set(['AND', 'OR']);
const selectorMembers = { name: 'name', type: 'type', 'account.id': 'accountId' } as const;

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #allowsBareId: boolean;
  #index = 0;
  #nesting = 0;
  /** Everything that was looked for at the current token. */
  #expectations: Expectation[] = [];

  constructor(text: string, { allowsBareId = false } = {}) {
    this.#allowsBareId = allowsBareId;
    if (text.length > longestExpression) throw tooLong(text);
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): FilterExpression {
    if (this.#atEnd()) {
      this.#expectTerm('trace');
      return { kind: 'everything' };
    }
    const expression = this.#or('trace');
    if (!this.#atEnd()) throw this.#unexpected();
    return expression;
  }

  expectationsAtEnd(): readonly Expectation[] {
    return this.#atEnd() ? this.#expectations : [];
  }

  #or(scope: Scope): FilterExpression {
    const terms = [this.#and(scope)];
    while (this.#acceptWord('OR', 'either side holds')) terms.push(this.#and(scope));
    return terms.length === 1 ? terms[0]! : { kind: 'or', terms };
  }

  #and(scope: Scope): FilterExpression {
    const terms = [this.#not(scope)];
    while (this.#acceptWord('AND', 'both sides hold') || this.#atTerm(scope)) terms.push(this.#not(scope));
    return terms.length === 1 ? terms[0]! : { kind: 'and', terms };
  }

  #not(scope: Scope): FilterExpression {
    if (++this.#nesting > deepestNesting) throw this.#fail('the expression is nested too deeply');
    const isNegated = this.#isSign('!') || this.#isWord('NOT');
    if (isNegated) this.#advance();
    const term: FilterExpression = isNegated ? { kind: 'not', term: this.#not(scope) } : this.#primary(scope);
    this.#nesting--;
    return term;
  }

  #primary(scope: Scope): FilterExpression {
    this.#expectTerm(scope);
    if (this.#isSign('(')) {
      this.#advance();
      const inner = this.#or(scope);
      this.#require(')', 'closes the parenthesis');
      return inner;
    }
    if (this.#token.kind !== 'word' || this.#isConnective())
      throw this.#unexpected('a keyword such as fault');
    if (this.#allowsBareId && this.#isWord('ID')) return { kind: 'service', selector: this.#selector() };
    return this.#form(scope) ?? this.#comparison(scope);
  }

  /** `service(…)`, `edge(…)`, `annotation.…`, `group.…` and `rootcause.…`, if one of them stands here. */
  #form(scope: Scope): FilterExpression | undefined {
    const token = this.#token;
    const word = token.value.toLowerCase();
    const isAnnotation =
      word.startsWith('annotation.') || (word === 'annotation' && this.#nextToken?.value === '[');
    const form = formNamed(isAnnotation ? 'annotation.' : word);
    if (form === undefined) return undefined;
    if (!form.scopes.includes(scope)) {
      throw this.#fail(`${form.text.replace(/[.(]$/, '')} cannot stand inside a block`, token);
    }
    this.#advance();
    if (isAnnotation) return this.#annotation(token);
    if (word === 'service') return this.#service();
    if (word === 'edge') return this.#edge();
    if (word.endsWith('json')) return this.#rootCauseJson();
    if (word.startsWith('rootcause.')) return this.#rootCause(word);
    return this.#group(word);
  }

  #comparison(scope: Scope): FilterExpression {
    const token = this.#token;
    const keyword = keywordNamed(token.value);
    if (keyword === undefined) throw this.#unknownKeyword(token, scope);
    if (!keyword.scopes.includes(scope)) throw this.#outOfPlace(keyword, token);
    this.#advance();

    const operator = this.#acceptOperator(keyword.valueClass, keyword.name);
    if (keyword.valueClass === 'boolean') {
      const value = operator === undefined || this.#truth(keyword);
      return { kind: 'flag', keyword: keyword.name, expected: value === (operator !== '!=') };
    }
    if (operator === undefined) return { kind: 'exists', keyword: keyword.name };
    const value =
      keyword.valueClass === 'number' ? this.#number(keyword, operator) : this.#string(keyword, operator);
    const isWholeType = keyword.name === 'type' && (operator === '=' || operator === '!=');
    return {
      kind: 'compare',
      keyword: keyword.name,
      operator,
      value: isWholeType ? canonicalType(value as string) : value,
    };
  }

  #annotation(token: Token): FilterExpression {
    const key = this.#isSign('[') ? this.#bracketedKey() : token.value.slice('annotation.'.length);
    if (key === '') {
      throw this.#fail('annotation. needs a key, e.g. annotation.orderId', token, ['an annotation key']);
    }
    const comparison = this.#annotationComparison(key);
    return comparison ? { kind: 'annotation', key, comparison } : { kind: 'annotation', key };
  }

  /** `annotation[aws:api_id]`: whatever stands between the brackets, with or without quotes. */
  #bracketedKey(): string {
    const open = this.#take();
    while (!this.#isSign(']')) {
      if (this.#token.kind === 'end')
        throw this.#fail('expected ] after the annotation key', undefined, [']']);
      this.#advance();
    }
    const close = this.#take();
    return this.#text
      .slice(open.position + 1, close.position)
      .trim()
      .replace(/^"(.*)"$/, '$1');
  }

  #annotationComparison(key: string): AnnotationComparison | undefined {
    const operatorToken = this.#token;
    const operator = this.#acceptOperator(undefined, `annotation.${key}`);
    if (operator === undefined) return undefined;
    const value = this.#annotationValue(key, operator);
    const valueClass = typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
    if (!operatorsOf[valueClass].includes(operator)) {
      const repair =
        valueClass === 'text'
          ? `${operator} compares numbers: write the value without quotes`
          : `${operator} needs ${operatorsOf.text.includes(operator) ? 'text in double quotes' : 'a number'}`;
      throw this.#fail(repair, operatorToken, operatorsOf[valueClass]);
    }
    return { operator, value };
  }

  #annotationValue(key: string, operator: ComparisonOperator): string | number | boolean {
    const { kind, value } = this.#token;
    this.#expect(
      { text: 'true', type: 'value', meaning: 'a boolean annotation' },
      { text: 'false', type: 'value', meaning: 'a boolean annotation' },
    );
    if (kind === 'number') return Number(this.#take().value);
    if (kind === 'text') return this.#take().value;
    if (kind !== 'word' || this.#isConnective()) {
      throw this.#fail(
        `expected a value after annotation.${key} ${operator}: text in double quotes, a number, true or false`,
        undefined,
        ['text', 'a number', 'true', 'false'],
      );
    }
    this.#advance();
    return /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;
  }

  #service(): FilterExpression {
    this.#require('(', 'then a service, or nothing for any service');
    this.#expect({ text: ')', type: 'punctuation', meaning: 'any service' });
    const selector = this.#isSign(')') ? {} : this.#selector();
    this.#require(')', 'closes the service');
    const block = this.#acceptBlock('service');
    return block ? { kind: 'service', selector, block } : { kind: 'service', selector };
  }

  #edge(): FilterExpression {
    this.#require('(', 'then the caller, a comma, and the service it calls');
    const from = this.#selector();
    this.#require(',', 'then the service that is called');
    const to = this.#selector();
    this.#require(')', 'closes the edge');
    const block = this.#acceptBlock('edge');
    return block ? { kind: 'edge', from, to, block } : { kind: 'edge', from, to };
  }

  #selector(): ServiceSelector {
    this.#expect({ text: 'id(', type: 'keyword', meaning: 'a service by name, type or account' });
    if (this.#token.kind === 'text') return { name: this.#take().value };
    if (!this.#isWord('ID')) {
      const { kind, value } = this.#token;
      const repair =
        kind === 'word'
          ? `put ${value} in double quotes`
          : 'expected the name of a service in double quotes, or id(…)';
      throw this.#fail(repair, undefined, ['text', 'id(']);
    }
    this.#advance();
    this.#require('(', 'then name, type or account.id');
    const selector: ServiceSelector = {};
    do this.#selectorMember(selector);
    while (this.#accept(',', 'then another of name, type and account.id'));
    this.#require(')', 'closes the id');
    return selector;
  }

  #selectorMember(selector: ServiceSelector): void {
    const word = this.#token.value.toLowerCase();
    for (const text of Object.keys(selectorMembers)) {
      this.#expect({ text, type: 'keyword', meaning: `the ${text} of the service` });
    }
    if (!Object.hasOwn(selectorMembers, word)) {
      throw this.#fail('expected name, type or account.id, e.g. id(name: "orders")');
    }
    this.#advance();
    this.#require(':', 'then the value in double quotes');
    if (this.#token.kind !== 'text') {
      throw this.#fail(`expected text in double quotes after ${word}:`, undefined, ['text']);
    }
    const { value } = this.#take();
    selector[selectorMembers[word as keyof typeof selectorMembers]] =
      word === 'type' ? canonicalType(value) : value;
  }

  #group(word: string): FilterExpression {
    const what = word === 'group.arn' ? 'the ARN of a group' : 'the name of a group';
    const operator = this.#acceptOperator('boolean', word, what);
    if (operator !== '=' && operator !== '!=') {
      throw this.#fail(`expected = after ${word}, e.g. ${word} = "checkout"`, undefined, ['=', '!=']);
    }
    if (this.#token.kind !== 'text' && (this.#token.kind !== 'word' || this.#isConnective())) {
      throw this.#fail(`expected text in double quotes after ${word} ${operator}`, undefined, ['text']);
    }
    return { kind: 'group', by: word === 'group.arn' ? 'arn' : 'name', operator, value: this.#take().value };
  }

  #rootCause(word: string): FilterExpression {
    const [, cause, part] = word.split('.') as [string, RootCauseKind, RootCausePart];
    const block = this.#acceptBlock(`rootcause.${part}`);
    if (block === undefined) {
      throw this.#fail(`expected { after ${word}, e.g. ${word} { last and name = "orders" }`);
    }
    return { kind: 'rootcause', cause, part, block };
  }

  #rootCauseJson(): FilterExpression {
    this.#require('=', 'then #[ … ]');
    this.#expect({ text: '#[', type: 'punctuation', meaning: 'a JSON array of root causes' });
    const token = this.#token;
    const pattern = token.kind === 'json' ? parsedJson(token.value) : undefined;
    if (!Array.isArray(pattern)) {
      throw this.#fail('expected # and a JSON array, e.g. #[{ "Services": [{ "Name": "orders" }] }]');
    }
    this.#advance();
    return { kind: 'rootcause-json', pattern };
  }

  #acceptBlock(scope: Scope): FilterExpression | undefined {
    if (!this.#accept('{', 'then what must hold there')) return undefined;
    const block = this.#or(scope);
    this.#require('}', 'closes the block');
    return block;
  }

  /** @param what what the name stands for, as an error tells it */
  #acceptOperator(
    valueClass: ValueClass | undefined,
    name: string,
    what = described[valueClass ?? 'text'],
  ): ComparisonOperator | undefined {
    const allowed = valueClass
      ? operatorsOf[valueClass]
      : (Object.keys(operatorMeanings) as ComparisonOperator[]);
    for (const text of allowed) this.#expect({ text, type: 'operator', meaning: operatorMeanings[text] });
    const { kind, value } = this.#token;
    const operator = value.toUpperCase() as ComparisonOperator;
    if ((kind !== 'sign' && kind !== 'word') || !allOperators.has(operator)) return undefined;
    if (!allowed.includes(operator)) {
      throw this.#fail(`${name} is ${what}: use ${listed(allowed)}`, undefined, allowed);
    }
    this.#advance();
    return operator;
  }

  #truth(keyword: Keyword): boolean {
    this.#expectExamples(keyword);
    const { kind, value } = this.#token;
    const word = value.toLowerCase();
    if (kind !== 'word' || (word !== 'true' && word !== 'false')) {
      const repair =
        word === 'true' || word === 'false' ? `write ${word} without quotes` : 'write true or false';
      throw this.#fail(`${keyword.name} is true or false: ${repair}`);
    }
    this.#advance();
    return word === 'true';
  }

  #number(keyword: Keyword, operator: ComparisonOperator): number {
    this.#expectExamples(keyword);
    const { kind, value } = this.#token;
    if (kind === 'number') return Number(this.#take().value);
    const example = keyword.examples[0]!;
    if (kind === 'text' || (kind === 'word' && !this.#isConnective())) {
      const written =
        kind === 'text' && value.trim() !== '' && Number.isFinite(Number(value)) ? value : example;
      const repair = kind === 'text' ? `write ${written} without quotes` : `write e.g. ${example}`;
      throw this.#fail(`${keyword.name} is a number: ${repair}`, undefined, ['a number']);
    }
    const sample = `${keyword.name} ${operator} ${example}`;
    throw this.#fail(`expected a number after ${keyword.name} ${operator}, e.g. ${sample}`, undefined, [
      'a number',
    ]);
  }

  /** Text stands in quotes; a single bare word is taken as text too, as one of AWS's examples does. */
  #string(keyword: Keyword, operator: ComparisonOperator): string {
    this.#expectExamples(keyword);
    const { kind, value } = this.#token;
    if (kind === 'text' || (kind === 'word' && !this.#isConnective())) return this.#take().value;
    if (kind === 'number') {
      throw this.#fail(`${keyword.name} is text: put ${value} in double quotes`, undefined, ['text']);
    }
    const sample = `${keyword.name} ${operator} ${keyword.examples[0]}`;
    throw this.#fail(`expected text after ${keyword.name} ${operator}, e.g. ${sample}`, undefined, ['text']);
  }

  get #token(): Token {
    return this.#tokens[this.#index]!;
  }

  #atEnd(): boolean {
    return this.#token.kind === 'end';
  }

  get #nextToken(): Token | undefined {
    return this.#tokens[this.#index + 1];
  }

  #advance(): void {
    this.#index++;
    this.#expectations = [];
  }

  #take(): Token {
    const token = this.#token;
    this.#advance();
    return token;
  }

  #isSign(sign: string): boolean {
    return this.#token.kind === 'sign' && this.#token.value === sign;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.value.toUpperCase() === word;
  }

  #isConnective(): boolean {
    return this.#token.kind === 'word' && connectives.has(this.#token.value.toUpperCase());
  }

  /** Two terms may stand side by side, so after one term another may begin. */
  #atTerm(scope: Scope): boolean {
    this.#expectTerm(scope);
    return (this.#token.kind === 'word' && !this.#isConnective()) || this.#isSign('!') || this.#isSign('(');
  }

  #accept(sign: string, meaning: string): boolean {
    this.#expect({ text: sign, type: 'punctuation', meaning });
    if (!this.#isSign(sign)) return false;
    this.#advance();
    return true;
  }

  #acceptWord(word: string, meaning: string): boolean {
    this.#expect({ text: word, type: 'connective', meaning });
    if (!this.#isWord(word)) return false;
    this.#advance();
    return true;
  }

  #require(sign: string, meaning: string): void {
    if (!this.#accept(sign, meaning)) throw this.#unexpected(sign === ',' ? `a comma, ${meaning}` : sign);
  }

  #expect(...expectations: Expectation[]): void {
    this.#expectations.push(...expectations);
  }

  #expectExamples({ examples, meaning }: Keyword): void {
    for (const text of examples) this.#expect({ text, type: 'value', meaning });
  }

  #expectTerm(scope: Scope): void {
    for (const { name, scopes, meaning } of keywords) {
      if (scopes.includes(scope)) this.#expect({ text: name, type: 'keyword', meaning });
    }
    for (const { text, scopes, meaning } of forms) {
      if (scopes.includes(scope)) this.#expect({ text, type: 'keyword', meaning });
    }
    this.#expect({ text: 'NOT', type: 'connective', meaning: 'what follows does not hold' });
    this.#expect({ text: '!', type: 'connective', meaning: 'what follows does not hold' });
    // Parentheses are understood, but not offered: nothing says that AWS understands them.
  }

  #unexpected(what = 'AND, OR or another term'): FilterSyntaxError {
    const found = this.#atEnd() ? '' : `, found ${shown(this.#token)}`;
    return this.#fail(`expected ${what}${found}`);
  }

  #unknownKeyword(token: Token, scope: Scope): FilterSyntaxError {
    if (/^metadata(\.|$)/i.test(token.value)) {
      return this.#fail(
        `${token.value} cannot be asked for: metadata is not indexed, so no filter sees it. What is to be found is recorded as an annotation: annotation.KEY`,
        token,
      );
    }
    const names = this.#expectations.filter(({ type }) => type === 'keyword').map(({ text }) => text);
    const near = names.find((name) => isNear(name, token.value.toLowerCase()));
    const repair = near
      ? `Did you mean ${near}?`
      : scope === 'trace'
        ? isKey(token.value)
          ? `For an annotation write annotation.${token.value}`
          : `A value stands behind a keyword, and text in double quotes: annotation.KEY = "VALUE"`
        : `Inside this block stand ${listed(names)}`;
    return this.#fail(`${token.value} is not a keyword. ${repair}`, token);
  }

  #outOfPlace({ name, scopes }: Keyword, token: Token): FilterSyntaxError {
    const blocks = scopes.filter((scope) => scope !== 'trace').map((scope) => blockNames[scope]);
    const places = [
      ...(scopes.includes('trace') ? ['outside blocks'] : []),
      ...(blocks.length > 0 ? [`inside ${listed(blocks)}`] : []),
    ];
    return this.#fail(`${name} cannot stand here: it belongs ${listed(places)}`, token);
  }

  #fail(problem: string, token: Token = this.#token, expected?: readonly string[]): FilterSyntaxError {
    const { kind, position, length } = token;
    const place = kind === 'end' ? 'At the end' : `At character ${position + 1}`;
    const sentence = /[.?]$/.test(problem) ? problem : `${problem}.`;
    return new FilterSyntaxError(`${place}: ${sentence}`, {
      position,
      length,
      expected: expected ?? [...new Set(this.#expectations.map(({ text }) => text))],
    });
  }
}

const tooLong = (text: string) =>
  new FilterSyntaxError(
    `At character ${longestExpression + 1}: the expression is longer than ${longestExpression} characters. Make a group of a part of it.`,
    { position: longestExpression, length: text.length - longestExpression, expected: [] },
  );

const described: Record<ValueClass, string> = { boolean: 'true or false', number: 'a number', text: 'text' };

const blockNames: Record<Exclude<Scope, 'trace'>, string> = {
  service: 'service() { … }',
  edge: 'edge() { … }',
  'rootcause.service': 'rootcause.fault.service { … }',
  'rootcause.entity': 'rootcause.responsetime.entity { … }',
  'rootcause.exception': 'rootcause.fault.exception { … }',
};

function shown({ kind, value }: Token): string {
  return kind === 'text' ? `"${value}"` : value;
}

const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A letter or two were added, dropped or changed (Levenshtein distance). */
function isNear(known: string, written: string): boolean {
  const limit = known.length < 5 ? 1 : 2;
  if (Math.abs(known.length - written.length) > limit) return false;
  let previous = Array.from({ length: written.length + 1 }, (_, i) => i);
  for (let i = 1; i <= known.length; i++) {
    const current = [i];
    for (let j = 1; j <= written.length; j++) {
      const change = previous[j - 1]! + (known[i - 1] === written[j - 1] ? 0 : 1);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous.at(-1)! <= limit;
}

/** Whether a word can be the key of an annotation. */
const isKey = (text: string): boolean => /^[\w.]+$/.test(text);
