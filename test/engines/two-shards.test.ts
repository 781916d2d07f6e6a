import { compareEveryFile } from './every-file.ts';

compareEveryFile('over two shards', { isCluster: true, calls: 150, mostRuns: 1 });
