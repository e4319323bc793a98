import { describe, expect, it } from 'vitest';
import { inherited, readDockerfile } from './dockerfile.js';
import { read } from './workplace.js';

interface Bake {
  readonly variable: Readonly<Record<string, unknown>>;
  readonly group: { readonly default: { readonly targets: readonly string[] } };
  readonly target: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const bake = JSON.parse(read('deploy/docker/images.bake.json')) as Bake;
const dockerfile = readDockerfile(read('deploy/docker/Dockerfile'));
const { image, ...targets } = bake.target;

/** The stages that become images: they have a title of their own. */
const images = [...dockerfile.stages.keys()].filter((stage) =>
  inherited(dockerfile, stage, 'LABEL').join(' ').includes(`image.title="ankasecure-${stage}"`),
);

describe('images.bake.json', () => {
  it('builds every image of the Dockerfile, and nothing else', () => {
    expect(images.length).toBeGreaterThan(5);
    expect(Object.keys(targets).toSorted()).toEqual(images.toSorted());
    expect([...bake.group.default.targets].toSorted()).toEqual(images.toSorted());
  });

  it('builds for both architectures, with an SBOM and provenance', () => {
    expect(image).toMatchObject({
      context: '.',
      dockerfile: 'deploy/docker/Dockerfile',
      platforms: ['linux/amd64', 'linux/arm64'],
      attest: ['type=provenance,mode=max', 'type=sbom'],
    });
  });

  it.each(Object.entries(targets))('takes %s from its stage, under its name', (name, target) => {
    expect(target).toEqual({
      inherits: ['image'],
      target: name,
      tags: [`\${REGISTRY}/ankasecure-${name}:\${VERSION}`],
    });
  });

  it('sets only arguments that the runtime stage takes, from variables', () => {
    const args = inherited(dockerfile, 'runtime', 'ARG').map((value) => value.split('=')[0]);
    const given = Object.entries(image?.['args'] as Readonly<Record<string, string>>);
    expect(given.map(([name]) => name)).toEqual(['VERSION', 'REVISION']);
    for (const [name, value] of given) {
      expect(args).toContain(name);
      expect(value).toBe(`\${${name}}`);
      expect(bake.variable).toHaveProperty(name);
    }
  });
});
