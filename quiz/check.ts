import { facts } from './facts.ts';
import { families } from './families.ts';
import { factItem, objectives, type FactItem } from './types.ts';

/** The longest option may be the right one in at most this share of the items. */
const LONGEST_IS_RIGHT = 0.35;
/** An option longer than this, compared with the shortest of its item, stands out. */
const LENGTH_RATIO = 2;
const ITEMS_PER_FAMILY = 3;

/** Everything that is wrong with the bank, one sentence each; empty when it may be used. */
export function bankProblems(bank: readonly FactItem[]): string[] {
  return [...bank.flatMap(itemProblems), ...duplicates(bank), ...acrossItems(bank)];
}

function itemProblems(item: FactItem): string[] {
  const problems: string[] = [];
  const say = (problem: string) => problems.push(`${item.id}: ${problem}`);
  const parsed = factItem.safeParse(item);
  if (!parsed.success)
    parsed.error.issues.forEach((issue) => say(`${issue.path.join('.')} ${issue.message}`.trim()));

  if (!objectives[item.c02]) say(`the objective ${item.c02} has no title in types.ts`);
  for (const fact of item.facts) if (!facts[fact]) say(`there is no fact ${fact}`);
  const disputed = item.facts.some((fact) => facts[fact]?.erratum);
  if (disputed && !(item.todayNote && item.examNote))
    say('a disputed fact needs an exam note and a today note');

  if (/\b(not|except|least|false)\b/i.test(questionOf(item)) && !/\b(NOT|EXCEPT|LEAST)\b/.test(item.stem)) {
    say('the question is negative; ask it the other way round, or write the word in capitals');
  }
  const keys = item.options.filter((option) => option.correct).length;
  const numberWord = ['', '', 'TWO', 'THREE'][keys] ?? '';
  if (item.type === 'multiple' && !item.stem.includes(numberWord)) say(`the stem does not say ${numberWord}`);

  for (const option of item.options) {
    if (/\b(all|none|both) of the (above|options)\b|^(both )?[A-D] and [A-D]\b/i.test(option.text)) {
      say(`"${option.text}" refers to other options`);
    }
    if (!option.correct && /\b(always|never)\b/i.test(option.text)) say(`"${option.text}" gives itself away`);
    if (option.family && !families[option.family]) say(`there is no family ${option.family}`);
    if (option.why.trim().length < 15) say(`"${option.text}" has no reason worth reading`);
  }
  const lengths = item.options.map((option) => option.text.length);
  if (Math.max(...lengths) > LENGTH_RATIO * Math.min(...lengths) + 5)
    say('an option stands out by its length');
  return problems;
}

/** The last sentence of the stem; the case before it may say what does not work. */
const questionOf = ({ stem }: FactItem) => stem.split(/(?<=[.?!]) /).at(-1) ?? stem;

function duplicates(bank: readonly FactItem[]): string[] {
  const ids = bank.map((item) => item.id);
  const stems = bank.map((item) => item.stem.toLowerCase());
  return [
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id}: the id is used twice`),
    ...bank
      .filter((item, at) => stems.indexOf(item.stem.toLowerCase()) !== at)
      .map((item) => `${item.id}: the stem is used twice`),
    ...bank
      .filter(
        (item) => new Set(item.options.map((option) => option.text.toLowerCase())).size < item.options.length,
      )
      .map((item) => `${item.id}: two options say the same`),
  ];
}

function acrossItems(bank: readonly FactItem[]): string[] {
  const problems: string[] = [];
  const longest = bank.filter((item) => {
    const most = Math.max(...item.options.map((option) => option.text.length));
    return item.options.filter((option) => option.text.length === most).every((option) => option.correct);
  });
  if (longest.length > LONGEST_IS_RIGHT * bank.length) {
    problems.push(
      `the longest option is right in ${longest.map((item) => item.id).join(', ')}; at most 35 % may be`,
    );
  }
  for (const family of Object.keys(families)) {
    const users = bank.filter((item) => item.options.some((option) => option.family === family));
    if (users.length > ITEMS_PER_FAMILY) {
      problems.push(
        `the wrong idea ${family} is used in ${users.map((item) => item.id).join(', ')}; at most three may`,
      );
    }
  }
  return problems;
}
