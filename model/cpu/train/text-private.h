/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What forward and backward of the joined sequence share: private to text.c and text-back.c. */

#include "model/cpu/train/attention.h"
#include "model/cpu/train/layer-norm.h"
#include "model/cpu/train/text.h"

/* Places of dropout: a layer's begin at (layer + 1) * LAYER_PLACES. */
#define LAYER_PLACES ((guint64) 1 << 32)
#define PLACE_TEXT 1
#define PLACE_SEQUENCE 2
#define PLACE_OUTPUT (LAYER_PLACES - 2)
#define PLACE_DOWN (LAYER_PLACES - 1)

typedef struct
{
  SagCpuParam *weight;
  SagCpuParam *bias;
  int32_t      n_in;
  int32_t      n_out;
} Linear;

/* @in: (rows, hidden) what attention reads; @wide: (rows, intermediate) before GELU; @gelu: after */
typedef struct
{
  Linear          query;
  Linear          key;
  Linear          value;
  Linear          output;
  SagCpuTrainNorm attention_norm;
  Linear          up;
  Linear          down;
  SagCpuTrainNorm feed_norm;

  float *x;  /* the layer's input */
  float *in; /* normalised for MegatronBert, else x */
  float *q;
  float *k;
  float *v;
  float *weights;
  float *context;
  float *a;
  float *y;
  float *wide;
  float *gelu;
  float *b;
} Layer;

struct _SagCpuTrainText
{
  SagNetwork      network;
  SagCpuMatrix    matrix;
  SagCpuParam    *words;
  SagCpuParam    *positions;
  SagCpuParam    *types;
  SagCpuParam    *start;
  SagCpuParam    *end;
  SagCpuTrainNorm embedding_norm;
  Layer          *layers;
  SagCpuTrainNorm final_norm;
  Linear          class_head;
  Linear          patch_head;

  SagCpuDropout  dropout;
  gsize          n;
  gsize          n_tokens;
  gsize          rows;
  gsize          max_length;
  gsize         *starts; /* (n + 1) */
  const int32_t *ids;
  const int32_t *image_of;     /* (n) or NULL */
  float         *sum_text;     /* (rows, hidden) word + position + type; rows of the text only */
  float         *sum_sequence; /* (rows, hidden) */
  float         *x;            /* (rows, hidden) after the last layer */
  float         *last;         /* (rows, hidden) after the final norm */
  float         *rows_in;      /* (n * n_tokens, hidden) what a head reads */
  float         *d[4];         /* (rows, hidden) */
  float         *d_wide;
  float         *scratch;
  gsize          scratch_floats;
  float         *memory;
  gsize          memory_floats;
};

typedef struct
{
  const float *x;
  const float *in;
  float       *out;
  gsize        n;
} Elements;

#define ELEMENTS 16384

/** sag_cpu_train_image_of: whose tokens a sequence reads. */
gsize sag_cpu_train_image_of (const SagCpuTrainText *self, gsize sequence);

/** sag_cpu_train_attention_of: the attention of a layer. */
SagCpuTrainAttention sag_cpu_train_attention_of (SagCpuTrainText *self, int32_t index);
