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

template <typename T>
static __device__ __forceinline__ Source<T>
find_source (const SagCudaEmbed &job, int32_t sequence, int32_t row)
{
  Source<T> source = { NULL, NULL, NULL, job.scale, job.shift, { 0.0f, 0.0f } };
  int32_t   text = row - job.n_tokens - 2;

  if (row == 0)
    source.plain = job.start;
  else if (row <= job.n_tokens)
    source.plain = job.tokens + (size_t) (row - 1) * job.hidden;
  else if (text < 0)
    source.plain = job.end;
  else
    {
      int32_t id = job.ids[(size_t) sequence * job.text_length + text];
      Sum<T>  sum = { &source };

      source.word = (const T *) job.words + (size_t) id * job.hidden;
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

/* A warp embeds a row. */
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

extern "C" int
sag_cuda_launch_embed (const SagCudaEmbed *job, void *stream)
{
  Embed embed = { *job, 2 + job->n_tokens + job->text_length };
  dim3  grid (sag_ceil_div (embed.n_rows, WARPS), job->n_sequences);

  if (job->n_sequences == 0)
    return 0;
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (embed_rows<float>, grid, WARPS * 32, 0, stream, embed);
  return SAG_LAUNCH (embed_rows<SagHalf>, grid, WARPS * 32, 0, stream, embed);
}
