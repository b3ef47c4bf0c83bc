/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* gpu-bench: what its files share. */

#include "model/bundle/safetensors.h"
#include "model/core/json-writer.h"
#include "model/engine/plugin.h"
#include "model/phantom/phantom.h"

#include "tests/cuda/made-weights.h"

G_BEGIN_DECLS

#define BENCH_INPUTS 4 /* in turn, so that no run finds its data where the run before left them */
#define BENCH_TEXTS 100
#define BENCH_WORDS 20 /* of a usual task */

/**
 * BenchData: what is asked, the same for both precisions.
 * @inputs, @phantoms: BENCH_INPUTS volumes of the network's size, and 2 scans, 512 x 512 x 275 as the budgets say
 * @ids: (BENCH_TEXTS, BENCH_WORDS), @lengths: (BENCH_TEXTS)
 */
typedef struct
{
  SagNetwork      network;
  MadeWeights    *made;
  SagTensorFile  *file;
  SagWeightSource weights;
  float          *inputs[BENCH_INPUTS];
  SagPhantom     *phantoms[2];
  gint32         *ids;
  gint32         *lengths;
  double          scale; /* of millimetres */
  gsize           n_voxels;
  gsize           n_tokens; /* values of one volume's tokens */
  gsize           n_cells;  /* of one text */
} BenchData;

/**
 * bench_data_init:
 * @path: (nullable): a safetensors file with the paper's network; weights from a formula without
 * @small: a network and scans of a hundredth of the size, to try the program with
 */
gboolean bench_data_init (BenchData *data, const char *path, gboolean small, GError **error);
void     bench_data_clear (BenchData *data);

/**
 * Answers: what an engine of one precision said, for comparing with the other's.
 * @tokens: (BENCH_INPUTS, n_tokens), @logits: (BENCH_INPUTS, BENCH_TEXTS)
 */
typedef struct
{
  float *tokens;
  float *logits;
} BenchAnswers;

/** bench_answers_init: all NaN. */
void bench_answers_init (BenchAnswers *answers, const BenchData *data);
void bench_answers_clear (BenchAnswers *answers);

/** BenchRun: one engine being measured. */
typedef struct
{
  const SagPlugin *plugin;
  const BenchData *data;
  SagJsonWriter   *writer;
  int              n_runs;
  int              n_asks; /* of which none may take memory; 0: not tried */
  void            *engine;
  BenchAnswers     answers;
} BenchRun;

/**
 * bench_precision: opens an engine, measures it and writes an object named as @precision.
 * @answers: out: cleared by the caller
 */
gboolean
bench_precision (BenchRun *run, SagPrecision precision, BenchAnswers *answers, GError **error);

G_END_DECLS
