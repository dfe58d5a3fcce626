/** A lesson of the content collection `labs`, as `content.config.ts` has checked it. */
export interface Lesson {
  /** The lab's folder, `NN-name`. */
  id: string;
  collection: 'labs';
  data: { title: string; description?: string | undefined; lab: string };
}
