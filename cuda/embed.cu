/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/norm.cuh"

/* Sequences of a text about a volume, embedded as upstream's get_multimodal_embeds() and forward() do it
 * (models/multimodal_models.py): words go through BertEmbeddings, then the whole sequence does again.
 */

#define WARPS 4

/* What every row needs. */
struct Embed
{
  SagCudaEmbed job;
  int32_t      n_rows; /* of a sequence */
};

/* A row of the sequence before the second embedding: a row of a table, or a word after the first embedding. */
template <typename T> struct Source
{
  const float *plain; /* start, a token or end; NULL for words */
  const T     *word;
  const float *position; /* of the first embedding */
  const float *scale;
  const float *shift;
  SagNormed    normed;

  __device__ __forceinline__ float
  sum (int32_t i) const
  {
    return sag_to_float (word[i]) + position[i];
  }

  __device__ __forceinline__ float
  operator() (int32_t i) const
  {
    if (plain != NULL)
      return plain[i];
    return scale != NULL ? (sum (i) - normed.mean) * normed.factor * scale[i] + shift[i] : sum (i);
  }
};

/* A word and its position, for the first LayerNorm. */
template <typename T> struct Sum
{
  const Source<T> *source;

  __device__ __forceinline__ float
  operator() (int32_t i) const
  {
    return source->sum (i);
  }
};

/* A row and its position in the sequence, for the second LayerNorm. */
template <typename T> struct Placed
{
  const Source<T> *source;
  const float     *position;

  __device__ __forceinline__ float
  operator() (int32_t i) const
  {
    return (*source) (i) + position[i];
  }
};

/* Of a row that is no word. */
static __device__ __forceinline__ const float *
find_plain (const SagCudaEmbed &job, int32_t row)
{
  return row == 0              ? job.start
         : row <= job.n_tokens ? job.tokens + (size_t) (row - 1) * job.hidden
                               : job.end;
}

template <typename T>
static __device__ __forceinline__ const T *
find_word (const SagCudaEmbed &job, int32_t sequence, int32_t text)
{
  int32_t id = job.ids[(size_t) sequence * job.text_length + text];

  return (const T *) job.words + (size_t) id * job.hidden;
}

template <typename T>
static __device__ __forceinline__ Source<T>
find_source (const SagCudaEmbed &job, int32_t sequence, int32_t row)
{
  Source<T> source = { NULL, NULL, NULL, job.scale, job.shift, { 0.0f, 0.0f } };
  int32_t   text = row - job.n_tokens - 2;

  if (text < 0)
    source.plain = find_plain (job, row);
  else
    {
      Sum<T> sum = { &source };

      source.word = find_word<T> (job, sequence, text);
      source.position = job.positions + (size_t) text * job.hidden;
      if (job.scale != NULL)
        source.normed = sag_norm_measure (sum, job.hidden, job.eps);
    }
  return source;
}

static __device__ __forceinline__ uint8_t
is_visible (const SagCudaEmbed &job, int32_t sequence, int32_t row)
{
  int32_t token = row - 1;

  if (job.token_mask != NULL && token >= 0 && token < job.n_tokens)
    return job.token_mask[(size_t) sequence * job.n_tokens + token] != 0;
  return row < 2 + job.n_tokens + job.lengths[sequence];
}

/* What taps show: words after the first embedding, and what the second starts from. */
template <typename T>
static __device__ __forceinline__ void
write_taps (const Embed &embed, const Source<T> &source, int32_t sequence, int32_t row)
{
  const SagCudaEmbed &job = embed.job;
  int32_t             text = row - job.n_tokens - 2;

  for (int32_t i = threadIdx.x % 32; i < job.hidden; i += 32)
    {
      float value = source (i);

      if (job.words_out != NULL && text >= 0)
        job.words_out[((size_t) sequence * job.text_length + text) * job.hidden + i] = value;
      if (job.concat_out != NULL)
        job.concat_out[((size_t) sequence * embed.n_rows + row) * job.hidden + i] = value;
    }
}

/* A warp embeds a row of any width. */
template <typename T>
static __global__ void
embed_rows (Embed embed)
{
  const SagCudaEmbed &job = embed.job;
  int32_t             row = blockIdx.x * WARPS + threadIdx.x / 32, sequence = blockIdx.y;
  size_t              at = (size_t) sequence * embed.n_rows + row;
  T                  *out = (T *) job.x + at * job.hidden;

  if (row >= embed.n_rows)
    return;

  Source<T> source = find_source<T> (job, sequence, row);
  Placed<T> placed = { &source, job.positions + (size_t) row * job.hidden };

  if (job.words_out != NULL || job.concat_out != NULL)
    write_taps (embed, source, sequence, row);
  if (job.scale != NULL)
    {
      SagNormed normed = sag_norm_measure (placed, job.hidden, job.eps);

      for (int32_t i = threadIdx.x % 32; i < job.hidden; i += 32)
        sag_assign (&out[i],
                    (placed (i) - normed.mean) * normed.factor * job.scale[i] + job.shift[i]);
    }
  else
    for (int32_t i = threadIdx.x % 32; i < job.hidden; i += 32)
      sag_assign (&out[i], placed (i));
  if (threadIdx.x % 32 == 0)
    job.visible[at] = is_visible (job, sequence, row);
}

/* Adds positions to a row in registers, and normalises it. */
static __device__ __forceinline__ void
embed_wide (const SagCudaEmbed &job, int32_t position, SagNormRow &values)
{
  sag_norm_add (values, sag_norm_load (job.positions + (size_t) position * SAG_NORM_WIDE));
  if (job.scale != NULL)
    sag_norm_apply (values, job.scale, job.shift, job.eps);
}

/* A warp embeds a row of SAG_NORM_WIDE values. */
template <typename T>
static __global__ void
__launch_bounds__ (WARPS * 32) embed_rows_wide (Embed embed)
{
  const SagCudaEmbed &job = embed.job;
  int32_t             row = blockIdx.x * WARPS + threadIdx.x / 32, sequence = blockIdx.y;
  int32_t             text = row - job.n_tokens - 2;
  size_t              at = (size_t) sequence * embed.n_rows + row;
  SagNormRow          values;

  if (row >= embed.n_rows)
    return;
  if (text < 0)
    values = sag_norm_load (find_plain (job, row));
  else
    {
      values = sag_norm_load (find_word<T> (job, sequence, text));
      embed_wide (job, text, values);
      if (job.words_out != NULL)
        sag_norm_store (
          job.words_out + ((size_t) sequence * job.text_length + text) * SAG_NORM_WIDE, values);
    }
  if (job.concat_out != NULL)
    sag_norm_store (job.concat_out + at * SAG_NORM_WIDE, values);
  embed_wide (job, row, values);
  sag_norm_store ((T *) job.x + at * SAG_NORM_WIDE, values);
  if (threadIdx.x % 32 == 0)
    job.visible[at] = is_visible (job, sequence, row);
}

template <typename T>
static int
launch (const SagCudaEmbed *job, void *stream)
{
  Embed embed = { *job, 2 + job->n_tokens + job->text_length };
  dim3  grid (sag_ceil_div (embed.n_rows, WARPS), job->n_sequences);

  if (sag_norm_is_wide (job->hidden, job->tokens, job->start, job->end, job->words, job->positions,
                        job->scale, job->shift, job->x, job->words_out, job->concat_out))
    return SAG_LAUNCH (embed_rows_wide<T>, grid, WARPS * 32, 0, stream, embed);
  return SAG_LAUNCH (embed_rows<T>, grid, WARPS * 32, 0, stream, embed);
}

extern "C" int
sag_cuda_launch_embed (const SagCudaEmbed *job, void *stream)
{
  if (job->n_sequences == 0)
    return 0;
  return job->type == SAG_CUDA_FLOAT ? launch<float> (job, stream) : launch<SagHalf> (job, stream);
}
