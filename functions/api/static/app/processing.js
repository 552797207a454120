/** The settings of the form, and how they are sent to the API. */
export const DEFAULTS = {
  format: 'auto',
  quality: 'high',
  number: 80,
  width: '',
  height: '',
  fill: 'pad',
  upscale: '1',
  words: false,
  rename: false,
  language: '',
  context: '',
  limit: '',
  metadata: 'none',
  animation: false,
};
/** The value of the quality field if the quality is given as a number. */
export const BY_NUMBER = 'number';
export const TARGETS = ['visually_lossless', 'high', 'medium', 'low'];
export const LARGEST_SIDE = 8192;
const KILOBYTE = 1000;

export function toRequest(form) {
  return {
    output_format: form.format,
    ...(form.quality === BY_NUMBER ? { output_quality: form.number } : { output_quality_target: form.quality }),
    ...(form.width && { output_width: Number(form.width) }),
    ...(form.height && { output_height: Number(form.height) }),
    ...(form.width && form.height && { output_resize_behavior: form.fill }),
    ...(form.upscale !== '1' && { output_upscale_factor: Number(form.upscale) }),
    ...(form.words && wordsOf(form)),
    ...(form.limit && { output_file_size_limit: Math.round(Number(form.limit) * KILOBYTE) }),
    ...(form.metadata !== 'none' && { keep_metadata: form.metadata }),
    ...(form.animation && { keep_animation: true }),
    job_source: 'page',
  };
}

const wordsOf = ({ rename, language, context }) => ({
  output_seo_tag_gen: true,
  output_seo_rename: rename,
  ...(language && { output_seo_language: language }),
  ...(context.trim() && { output_seo_context: context.trim() }),
});
