import { z } from 'zod';

/** A C02 objective; SOA-C03 keeps the numbers, except that 6.x became 1.3. */
const objective = z.string().regex(/^[1-6]\.[1-3]$/);

const option = z.strictObject({
  text: z.string().min(1),
  correct: z.boolean(),
  /** The wrong idea behind a wrong option; see `families.ts`. */
  family: z
    .string()
    .regex(/^W\d\d$/)
    .optional(),
  /** One sentence: why it is right, or what makes it wrong. */
  why: z.string().min(1),
  doc: z.url({ protocol: /^https$/, hostname: /^docs\.aws\.amazon\.com$/ }),
});

/** A fact item: answered from text alone. */
export const factItem = z
  .strictObject({
    /** The slot: objective, letter of the type (S single, R multiple response), number. */
    id: z.string().regex(/^[1-6]\.[1-3]-[SR]\d\d$/),
    c02: objective,
    c03: objective,
    type: z.enum(['single', 'multiple']),
    difficulty: z.enum(['easy', 'medium', 'hard']),
    /** Ids in `facts.ts`. */
    facts: z.array(z.string()).min(1),
    /** A case, then one question. */
    stem: z.string().min(1),
    options: z.array(option),
    /** The lab in which it can be seen. */
    lab: z.string().optional(),
    /** What is true today, where older study guides say otherwise. */
    todayNote: z.string().optional(),
    /** What older study guides take for right. */
    examNote: z.string().optional(),
  })
  .superRefine((item, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', message });
    const keys = item.options.filter((each) => each.correct).length;
    if (item.type === 'single' && (item.options.length !== 4 || keys !== 1)) {
      problem('a single item has four options, one of them right');
    }
    if (item.type === 'multiple' && (item.options.length < 5 || keys < 2 || keys >= item.options.length)) {
      problem('a multiple item has five options or more, at least two of them right');
    }
    if (item.options.some((each) => each.correct === (each.family !== undefined))) {
      problem('every wrong option names its family, and no right one does');
    }
    if (!item.id.startsWith(item.c02)) problem('the id begins with the C02 objective');
    const c03 = item.c02.startsWith('6') ? '1.3' : item.c02;
    if (item.c03 !== c03) problem(`the C03 objective of ${item.c02} is ${c03}`);
  });

export type FactItem = z.infer<typeof factItem>;

/** Titles of the task statements, as SOA-C02 printed them. */
export const objectives: Readonly<Record<string, string>> = {
  '1.1': 'Metrics, alarms and filters with monitoring and logging services',
  '1.2': 'Remediate issues based on monitoring and availability metrics',
  '4.1': 'Security and compliance policies',
  '6.2': 'Performance optimization',
};
