/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/gate.h"
#include "model/cpu/gemm.h"
#include "model/cpu/stem.h"
#include "model/cpu/sweep.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

/* Convolutions and gates against the CPU engine's. */

#define LANES SAG_CPU_LANES

static gsize
n_voxels (const int32_t dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

static gsize
cpu_padded (gsize channels)
{
  return (channels + LANES - 1) / LANES * LANES;
}

/* (taps, channels) to the CPU engine's (blocks, taps, 16). */
static float *
to_lanes (const float *values, gsize taps, gsize channels)
{
  float *lanes = g_new0 (float, cpu_padded (channels) * taps);

  for (gsize t = 0; t < taps; t++)
    for (gsize c = 0; c < channels; c++)
      lanes[(c / LANES * taps + t) * LANES + c % LANES] = values[t * channels + c];
  return lanes;
}

/* (blocks, voxels, 16) to (voxels, channels). */
static float *
from_lanes (const float *lanes, gsize n, gsize channels)
{
  float *values = g_new (float, n *channels);

  for (gsize v = 0; v < n; v++)
    for (gsize c = 0; c < channels; c++)
      values[v * channels + c] = lanes[(c / LANES * n + v) * LANES + c % LANES];
  return values;
}

/* @values is larger by a factor: sums of many small weights would hardly differ from the bias. */
static float *
weights_new (gsize n, guint32 seed, float size)
{
  float *values = values_random (n, seed);

  for (gsize i = 0; i < n; i++)
    values[i] *= size;
  return values;
}

static void
check_stem_of (SagCudaType type, const int32_t dims[3], gsize channels)
{
  SagConvShape      shape = sag_network_conv_shape (dims, 3, 2);
  gsize             n = n_voxels (shape.out);
  g_autofree float *input = values_random (n_voxels (dims), 1);
  g_autofree float *weights = weights_new (27 * channels, 2, 0.5f);
  g_autofree float *bias = values_random (channels, 3);
  g_autofree float *cpu_weights = to_lanes (weights, 27, channels);
  g_autofree float *cpu_bias = to_lanes (bias, 1, channels);
  g_autofree float *scratch = NULL, *want = g_new (float, n *channels), *got = NULL;
  g_autofree void  *out = values_empty (n * channels, type);
  SagPool          *pool = sag_pool_get_default ();
  gsize             scratch_floats;
  SagCpuProducer    producer =
    sag_cpu_producer_stem (sag_cpu_get_kernels (false), input, dims, cpu_weights, cpu_bias);
  SagCudaStem job = { .input = input,
                      .weights = weights,
                      .bias = bias,
                      .out = out,
                      .type = type,
                      .channels = channels,
                      .in = { dims[0], dims[1], dims[2] },
                      .shape = shape };

  scratch_floats = producer.scratch_floats + (gsize) shape.out[2] * LANES;
  scratch = g_new0 (float, scratch_floats *sag_pool_get_n_threads (pool));
  sag_cpu_stem_map (&producer, pool, channels, want, channels, 1, scratch, scratch_floats);
  g_assert_cmpint (sag_cuda_launch_stem (&job, NULL), ==, 0);
  got = values_load (out, n * channels, type);
  values_compare ("stem", got, want, n * channels, values_tolerance (type));
}

static void
check_stem (SagCudaType type)
{
  check_stem_of (type, (int32_t[]){ 8, 12, 10 }, 8);
  check_stem_of (type, (int32_t[]){ 6, 4, 150 }, 24);
  check_stem_of (type, (int32_t[]){ 5, 7, 9 }, 16);
  check_stem_of (type, (int32_t[]){ 2, 2, 2 }, 8);
}

static void
test_stem (void)
{
  values_each (check_stem);
}

typedef struct
{
  int32_t dims[3];
  int32_t in_channels; /* of the expansion; 0 without */
  int32_t channels;
  int32_t kernel;
  int32_t stride;
} Shape;

/* What the CPU engine makes of a depthwise convolution, with or without expansion. */
typedef struct
{
  float *out;  /* (voxels, channels) */
  float *sums; /* (channels) */
} Map;

static void
map_clear (Map *map)
{
  g_free (map->out);
  g_free (map->sums);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Map, map_clear)

/* Arrays of one test; all that belong to the expansion are NULL without one. */
typedef struct
{
  float *input;       /* (voxels, in channels, or channels) */
  float *expand;      /* (channels, in channels) */
  float *expand_bias; /* (channels) */
  float *weights;     /* (taps, channels) */
  float *bias;        /* (channels) */
} Arrays;

static void
arrays_clear (Arrays *arrays)
{
  g_free (arrays->input);
  g_free (arrays->expand);
  g_free (arrays->expand_bias);
  g_free (arrays->weights);
  g_free (arrays->bias);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arrays, arrays_clear)

static Arrays
arrays_new (const Shape *s, SagCudaType type)
{
  gsize  taps = (gsize) s->kernel * s->kernel * s->kernel;
  gsize  n_in = s->in_channels > 0 ? s->in_channels : s->channels;
  Arrays arrays = {
    .input = values_random (n_voxels (s->dims) * n_in, 11),
    .weights = weights_new (taps * s->channels, 12, s->kernel == 3 ? 0.4f : 0.15f),
    .bias = values_random (s->channels, 13),
  };

  if (s->in_channels > 0)
    {
      arrays.expand = weights_new ((gsize) s->channels * s->in_channels, 14, 0.5f);
      arrays.expand_bias = values_random (s->channels, 15);
      values_round (arrays.expand, (gsize) s->channels * s->in_channels, type);
    }
  values_round (arrays.input, n_voxels (s->dims) * n_in, type);
  return arrays;
}

static Map
cpu_map (const Shape *s, const Arrays *arrays)
{
  const SagCpuKernels *kernels = sag_cpu_get_kernels (false);
  SagPool             *pool = sag_pool_get_default ();
  gsize                taps = (gsize) s->kernel * s->kernel * s->kernel;
  g_autofree float    *weights = to_lanes (arrays->weights, taps, s->channels);
  g_autofree float    *bias = to_lanes (arrays->bias, 1, s->channels);
  g_autofree float    *turned = NULL, *expand = NULL, *expand_bias = NULL;
  g_autofree float    *out = NULL, *sums = NULL, *scratch = NULL;
  SagCpuSweep    sweep = sag_cpu_sweep_plan (s->dims, s->channels, s->kernel, s->stride, 0, 1);
  SagCpuProducer producer = sag_cpu_producer_copy (arrays->input, s->dims, s->channels);
  SagCpuStop     stop = { NULL };
  gsize          n = n_voxels (sweep.shape.out), padded = cpu_padded (s->channels), scratch_floats;
  Map            map = { NULL };

  if (s->in_channels > 0)
    {
      turned = g_new (float, (gsize) s->channels * s->in_channels);
      for (gsize i = 0; i < (gsize) s->channels * s->in_channels; i++)
        turned[i] = arrays->expand[i % s->channels * s->in_channels + i / s->channels];
      expand = to_lanes (turned, s->in_channels, s->channels);
      expand_bias = to_lanes (arrays->expand_bias, 1, s->channels);
      producer = sag_cpu_producer_expand (kernels, arrays->input, s->dims, s->in_channels, expand,
                                          expand_bias);
    }
  out = g_new (float, n *padded);
  sums = g_new (float, sag_cpu_sweep_n_sums (&sweep));
  scratch_floats = sag_cpu_sweep_ring_floats (&sweep) + producer.scratch_floats;
  scratch = g_new (float, scratch_floats *sag_pool_get_n_threads (pool));
  sag_cpu_sweep_run (&sweep, &producer, pool, kernels, weights, bias, out, sums, scratch,
                     scratch_floats, &stop);
  map.out = from_lanes (out, n, s->channels);
  map.sums = g_new0 (float, s->channels);
  for (gsize i = 0; i < sag_cpu_sweep_n_sums (&sweep); i++)
    if (i % padded < (gsize) s->channels)
      map.sums[i % padded] += sums[i];
  return map;
}

/* The job, but for its output. */
static SagCudaDepthwise
depthwise_of (const Shape *s, const Arrays *arrays, SagCudaType type)
{
  return (SagCudaDepthwise){
    .weights = arrays->weights,
    .bias = arrays->bias,
    .type = type,
    .channels = s->channels,
    .kernel = s->kernel,
    .stride = s->stride,
    .in = { s->dims[0], s->dims[1], s->dims[2] },
    .shape = sag_network_conv_shape (s->dims, s->kernel, s->stride),
  };
}

static void
compare_map (const Shape *s, const SagCudaDepthwise *job, gsize n_sums, const Map *want)
{
  gsize             n = n_voxels (job->shape.out) * s->channels;
  g_autofree float *got = values_load (job->out, n, job->type);
  g_autofree float *sums = g_new0 (float, s->channels);
  g_autofree char  *what = g_strdup_printf ("kernel %d, stride %d, %d to %d channels", s->kernel,
                                            s->stride, s->in_channels, s->channels);

  for (gsize i = 0; i < n_sums * s->channels; i++)
    sums[i % s->channels] += job->sums[i];
  values_compare (what, got, want->out, n, values_tolerance (job->type));
  values_compare ("sums", sums, want->sums, s->channels, job->type == SAG_CUDA_FLOAT ? 1e-5 : 2e-3);
}

static void
check_depthwise (SagCudaType type)
{
  static const Shape shapes[] = {
    { { 4, 5, 6 }, 0, 8, 3, 1 },   { { 7, 4, 9 }, 0, 24, 3, 2 }, { { 6, 5, 8 }, 0, 144, 5, 1 },
    { { 9, 8, 10 }, 0, 16, 5, 2 }, { { 3, 3, 3 }, 0, 8, 7, 1 },  { { 8, 8, 8 }, 0, 8, 7, 2 },
    { { 5, 6, 7 }, 0, 8, 9, 1 },   { { 1, 1, 1 }, 0, 40, 3, 1 }, { { 2, 3, 1 }, 0, 8, 5, 2 },
    { { 8, 8, 8 }, 0, 16, 1, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_auto (Arrays) arrays = arrays_new (s, type);
      g_auto (Map) want = cpu_map (s, &arrays);
      SagCudaDepthwise  job = depthwise_of (s, &arrays, type);
      gsize             n_sums = sag_cuda_depthwise_n_sums (&job);
      g_autofree void  *input = values_store (arrays.input, n_voxels (s->dims) * s->channels, type);
      g_autofree void  *out = values_empty (n_voxels (job.shape.out) * s->channels, type);
      g_autofree float *sums = values_empty (n_sums * s->channels, SAG_CUDA_FLOAT);

      job.input = input;
      job.out = out;
      job.sums = sums;
      g_assert_cmpint (sag_cuda_launch_depthwise (&job, NULL), ==, 0);
      compare_map (s, &job, n_sums, &want);
    }
}

static void
test_depthwise (void)
{
  values_each (check_depthwise);
}

/* Maps so large that a thread makes two planes. One type and order each: it takes long. */
static void
test_depthwise_large (void)
{
  static const Shape shapes[] = {
    { { 17, 64, 62 }, 0, 32, 3, 1 },
    { { 16, 32, 32 }, 0, 512, 3, 2 },
    { { 7, 48, 64 }, 0, 64, 5, 1 },
    { { 15, 32, 32 }, 0, 512, 5, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      SagCudaType  type = i % 2 == 0 ? SAG_CUDA_FLOAT : SAG_CUDA_HALF;
      g_auto (Arrays) arrays = arrays_new (s, type);
      g_auto (Map) want = cpu_map (s, &arrays);
      SagCudaDepthwise  job = depthwise_of (s, &arrays, type);
      gsize             n_sums = sag_cuda_depthwise_n_sums (&job);
      g_autofree void  *input = values_store (arrays.input, n_voxels (s->dims) * s->channels, type);
      g_autofree void  *out = values_empty (n_voxels (job.shape.out) * s->channels, type);
      g_autofree float *sums = values_empty (n_sums * s->channels, SAG_CUDA_FLOAT);

      job.input = input;
      job.out = out;
      job.sums = sums;
      g_assert_cmpint (sag_cuda_launch_depthwise (&job, NULL), ==, 0);
      compare_map (s, &job, n_sums, &want);
    }
}

static void
check_expand (SagCudaType type)
{
  static const Shape shapes[] = {
    { { 6, 9, 20 }, 16, 24, 3, 1 }, { { 9, 12, 37 }, 24, 40, 3, 2 },
    { { 7, 11, 5 }, 8, 16, 3, 1 },  { { 11, 14, 21 }, 32, 8, 3, 2 },
    { { 1, 2, 3 }, 32, 8, 3, 1 },   { { 3, 60, 4 }, 16, 32, 3, 1 },
    { { 4, 40, 9 }, 24, 24, 3, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *s = &shapes[i];
      g_auto (Arrays) arrays = arrays_new (s, type);
      g_auto (Map) want = cpu_map (s, &arrays);
      SagCudaExpand    job = { .depthwise = depthwise_of (s, &arrays, type),
                               .expand_bias = arrays.expand_bias,
                               .in_channels = s->in_channels };
      gsize            n_sums = sag_cuda_expand_n_sums (&job);
      g_autofree void *input =
        values_store (arrays.input, n_voxels (s->dims) * s->in_channels, type);
      g_autofree void *expand =
        values_store (arrays.expand, (gsize) s->channels * s->in_channels, type);
      g_autofree void  *out = values_empty (n_voxels (job.depthwise.shape.out) * s->channels, type);
      g_autofree float *sums = values_empty (n_sums * s->channels, SAG_CUDA_FLOAT);

      g_assert_true (sag_cuda_expand_fits (&job));
      job.input = input;
      job.expand = expand;
      job.depthwise.out = out;
      job.depthwise.sums = sums;
      g_assert_cmpint (sag_cuda_launch_expand (&job, NULL), ==, 0);
      compare_map (s, &job.depthwise, n_sums, &want);
    }
}

static void
test_expand (void)
{
  values_each (check_expand);
}

/* A block with random weights; the map's sums in some rows. */
static void
check_gate_of (SagCudaType type, gsize mid, gsize reduced, gsize n_out, gsize n_sums)
{
  gsize             padded = sag_cuda_pad_channels (mid), n_voxels = 77;
  g_autofree float *sums = weights_new (n_sums * padded, 1, 300.0f / n_sums);
  g_autofree float *cpu_sums = g_new0 (float, n_sums *cpu_padded (mid));
  g_autofree float *reduce = values_random (reduced * padded, 2);
  g_autofree float *reduce_bias = values_random (reduced, 3);
  g_autofree float *widen = values_random (padded * reduced, 4);
  g_autofree float *widen_bias = values_random (padded, 5);
  g_autofree float *project = values_random (n_out * padded, 6);
  g_autofree float *hidden = values_empty (reduced, SAG_CUDA_FLOAT);
  g_autofree float *gate = values_empty (padded, SAG_CUDA_FLOAT);
  g_autofree void  *gated = values_empty (n_out * padded, type);
  g_autofree float *cpu_reduce = g_new (float, reduced *mid);
  g_autofree float *want = g_new (float, mid), *got = NULL;
  SagCpuBlock       block = {
          .shape = { .mid_channels = mid, .gate_channels = reduced },
          .reduce = cpu_reduce,
          .reduce_bias = reduce_bias,
          .widen = widen,
          .widen_bias = widen_bias,
  };
  SagCudaGate job = { .sums = sums,
                      .reduce = reduce,
                      .reduce_bias = reduce_bias,
                      .widen = widen,
                      .widen_bias = widen_bias,
                      .project = project,
                      .hidden = hidden,
                      .gate = gate,
                      .gated = gated,
                      .type = type,
                      .n_sums = n_sums,
                      .n_voxels = n_voxels,
                      .mid = padded,
                      .reduced = reduced,
                      .n_out = n_out };

  for (gsize i = 0; i < n_sums * padded; i++)
    if (i % padded < mid)
      cpu_sums[i / padded * cpu_padded (mid) + i % padded] = sums[i];
  for (gsize i = 0; i < reduced * padded; i++)
    if (i % padded < mid)
      cpu_reduce[i / padded * mid + i % padded] = reduce[i];
    else
      reduce[i] = 0;
  sag_cpu_gate (&block, cpu_sums, n_sums, n_voxels, want);
  g_assert_cmpint (sag_cuda_launch_gate (&job, NULL), ==, 0);
  values_compare ("gate", gate, want, mid, 1e-5);
  got = values_load (gated, n_out * padded, type);
  for (gsize i = 0; i < n_out * padded; i++)
    project[i] *= gate[i % padded];
  values_compare ("gated", got, project, n_out * padded, type == SAG_CUDA_FLOAT ? 1e-7 : 5e-4);
}

static void
check_gate (SagCudaType type)
{
  check_gate_of (type, 32, 8, 16, 20);
  check_gate_of (type, 144, 6, 24, 3);
  check_gate_of (type, 13, 1, 8, 1);
  check_gate_of (type, 240, 40, 40, 9);
  check_gate_of (type, 32, 8, 16, 1300);
  check_gate_of (type, 1152, 3, 8, 5);
}

static void
test_gate (void)
{
  values_each (check_gate);
}

void
add_vision_tests (void)
{
  g_test_add_func ("/cuda/stem", test_stem);
  g_test_add_func ("/cuda/depthwise", test_depthwise);
  g_test_add_func ("/cuda/depthwise-large", test_depthwise_large);
  g_test_add_func ("/cuda/expand", test_expand);
  g_test_add_func ("/cuda/gate", test_gate);
}
