/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The narrow waist: what an engine is. Plain C, no GLib: the CPU engine implements it in this program,
 * the CUDA engine in a plugin. Everything crosses in host memory; nothing throws, exits or prints.
 *
 * An engine instance has one owner and is used by one thread at a time.
 */

#include "model/network/network.h"
#include "model/prepare/recipe.h"
#include "model/volume/geometry.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define SAG_ENGINE_ABI 1u

  typedef enum
  {
    SAG_STATUS_OK = 0,
    SAG_STATUS_CANCELLED,
    SAG_STATUS_INVALID,
    SAG_STATUS_UNSUPPORTED,
    SAG_STATUS_NO_DEVICE,
    SAG_STATUS_OUT_OF_MEMORY,
    SAG_STATUS_DEVICE_LOST,
    SAG_STATUS_FAILED,
  } SagStatusCode;

  /** SagStatus: filled when a call returns false: one sentence for people. */
  typedef struct
  {
    SagStatusCode code;
    char          message[400];
  } SagStatus;

  typedef enum
  {
    SAG_PRECISION_FP32,
    SAG_PRECISION_FAST, /* 16-bit storage, fp32 accumulation; GPU only */
  } SagPrecision;

  /** SagCancel: asked between blocks; func NULL means never. */
  typedef struct
  {
    bool (*func) (void *data);
    void *data;
  } SagCancel;

  /**
 * SagTap: receives inner activations by the oracle's names ("stem", "stage0" .. "head", "lm_adaptor", ...), in order.
 * @values: float32, row-major in @dims, valid during the call
 */
  typedef struct
  {
    void (*func) (
      void *data, const char *name, int n_dims, const int64_t *dims, const float *values);
    void *data;
  } SagTap;

  /**
 * SagWeightSource: where an engine reads weights from.
 * @read: copies values [offset, offset + n) of the named tensor as float32 (16-bit files are widened,
 *   LoRA is already merged); false if there is no such tensor or range. Thread-safe, valid while the engine lives.
 */
  typedef struct
  {
    const SagNetwork *network;
    bool (*read) (void *data, const char *name, size_t offset, size_t n_values, float *out);
    void *data;
  } SagWeightSource;

  /** SagEngineOptions: zeros mean the defaults. @device: index of the GPU. */
  typedef struct
  {
    SagPrecision precision;
    int32_t      n_threads;
    int32_t      device;
    bool         portable; /* CPU: no AVX2 even where it is there */
  } SagEngineOptions;

  /** SagEngineInfo: for provenance and the status strip. */
  typedef struct
  {
    char engine[16];    /* "cpu", "cuda" */
    char device[128];   /* "AVX2, 2 threads", "NVIDIA H200" */
    char precision[16]; /* "fp32", "fast" */
  } SagEngineInfo;

  /**
 * SagPrepareRequest: the arithmetic of a recipe once the host has decided the box.
 * @voxels: int16 or float32 on the stored grid, i fastest
 * The host's own preparation (model/prepare) serves engines whose table has no prepare.
 */
  typedef struct
  {
    const void *voxels;
    bool        is_float;
    SagGeometry geometry;
    SagRecipe   recipe;
    bool        has_lung_range;
    double      lung_range_mm[2];
    double      shift_mm[3];
    float      *input;          /* out: (x, y, z), z fastest */
    SagGeometry input_geometry; /* out */
    int32_t     box_start[3];   /* out: of the standardised grid, along R, A, S */
    SagCancel   cancel;
  } SagPrepareRequest;

  /**
 * SagEncodeRequest: volumes to vision tokens.
 * @input: (n, x, y, z) float32, z fastest
 * @dims: x, y, z; any size for which the features are not empty
 * @tokens: out: (n, n_tokens, hidden), after the adaptor, without start and end
 */
  typedef struct
  {
    const float *input;
    int32_t      n_inputs;
    int32_t      dims[3];
    float       *tokens;
    SagTap       tap;
    SagCancel    cancel;
  } SagEncodeRequest;

  /**
 * SagAskRequest: one volume's tokens, many texts.
 * @tokens: (n_tokens, hidden)
 * @ids: (n_texts, max_length), rows padded with the bundle's pad id
 * @lengths: (n_texts) real ids of each row, [CLS] and [SEP] included; padding is masked out of attention
 * @token_mask: (n_texts, n_tokens) or NULL; 0 hides a vision token from attention
 * @class_logits: out: (n_texts)
 * @cell_logits: out: (n_texts, n_tokens, cells) or NULL
 * @tap: sees padded positions too, as upstream computes them
 */
  typedef struct
  {
    const float   *tokens;
    int32_t        n_tokens;
    int32_t        n_texts;
    int32_t        max_length;
    const int32_t *ids;
    const int32_t *lengths;
    const uint8_t *token_mask;
    float         *class_logits;
    float         *cell_logits;
    SagTap         tap;
    SagCancel      cancel;
  } SagAskRequest;

  /**
 * SagUpsampleRequest: cell scores onto any grid.
 * @cells: cell values, x fastest: index = x + nx * (y + ny * z)
 * @cell_geometry: where cells lie; integer indices are cell centres
 * @smooth: trilinear between cell centres, else the cell that holds the voxel's centre
 * @outside: value for voxels whose centre lies outside the cells' box
 * @out: target voxels, i fastest
 */
  typedef struct
  {
    const float *cells;
    SagGeometry  cell_geometry;
    SagGeometry  target;
    bool         smooth;
    float        outside;
    float       *out;
    SagCancel    cancel;
  } SagUpsampleRequest;

  /**
 * SagEngineTable: an engine. @self is what open() returned.
 * prepare and upsample may be NULL: the host then does them.
 */
  typedef struct
  {
    uint32_t    abi;
    const char *id;
    void *(*open) (const SagWeightSource  *source,
                   const SagEngineOptions *options,
                   SagStatus              *status);
    void (*close) (void *self);
    void (*describe) (void *self, SagEngineInfo *info);
    bool (*prepare) (void *self, SagPrepareRequest *request, SagStatus *status);
    bool (*encode) (void *self, const SagEncodeRequest *request, SagStatus *status);
    bool (*ask) (void *self, const SagAskRequest *request, SagStatus *status);
    bool (*upsample) (void *self, const SagUpsampleRequest *request, SagStatus *status);
  } SagEngineTable;

  /** SagTrainParts: what a training engine changes. */
  typedef enum
  {
    SAG_TRAIN_HEADS,
    SAG_TRAIN_HEADS_AND_TEXT,
    SAG_TRAIN_LORA,   /* heads, and low-rank adapters of the text layers' query and value */
    SAG_TRAIN_VISION, /* all but the text layers: upstream's default */
    SAG_TRAIN_ALL,
    SAG_TRAIN_VISION_AND_LORA, /* upstream's with lora_args */
  } SagTrainParts;

  /**
 * SagTrainOptions: @engine.precision is ignored by engines that have one only.
 * @seed: of dropout
 * @dropout: probability; Hugging Face's BERT has 0.1
 * @freeze_norms: BatchNorm uses and keeps its running statistics, as it always does where the vision network does
 *   not train
 * @lora_rank, @lora_alpha: of the adapters, which are added times alpha / rank; 0: peft's 8 and 8
 * @lora_dropout: of what the adapters read; peft has 0
 * @patch_weight: of the patch loss beside the class loss; 0: upstream's 10
 * @balance_masks: a mask's loss is divided by the share of cells that it covers, at least 1/64, so that a small thing
 *   counts as much as a large one; upstream's does not
 * @vision_rate: learning rate of the vision network, as a multiple of the rest's; 0: the same
 */
  typedef struct
  {
    SagEngineOptions engine;
    SagTrainParts    parts;
    uint64_t         seed;
    float            dropout;
    bool             freeze_norms;
    int32_t          lora_rank;
    float            lora_alpha;
    float            lora_dropout;
    float            patch_weight;
    bool             balance_masks;
    float            vision_rate;
  } SagTrainOptions;

  /**
 * SagTrainBatch: samples of one step; one of @input, (n_images, dims), @tokens, (n_images, n_tokens, hidden), and
 * @states is set. Texts may share a volume, which then goes through the vision network once.
 * @n_images: 0: as many as samples
 * @image_of: (n): which image a sample reads, 0..n_images - 1; NULL: each its own, in order
 * @states: (n, 1 + n_tokens, hidden): what the heads read, from @states_out of an earlier batch; only heads train
 *   then, and neither images nor texts are read
 * @labels, @task: (n): task 1 reads the label, 0 the cell targets
 * @cell_targets: (n, n_tokens, cells), soft targets allowed
 * @loss: out: mean over the batch
 * @losses: out: (n), before the mean; NULL if not wanted, like @class_logits, (n), @cell_logits, (n, n_tokens,
 *   cells), and @states_out, (n, 1 + n_tokens, hidden)
 * @evaluate: only forward, as an engine answers: nothing is dropped, statistics are the running ones, no gradients
 *
 * Whoever asks for neither cell logits nor states saves the patch head, and most of the last layer, of every sample
 * whose task is 1.
 */
  typedef struct
  {
    int32_t        n;
    int32_t        n_images;
    const int32_t *image_of;
    const float   *input;
    int32_t        dims[3];
    const float   *tokens;
    const float   *states;
    int32_t        n_tokens;
    int32_t        max_length;
    const int32_t *ids;
    const int32_t *lengths;
    const float   *labels;
    const float   *task;
    const float   *cell_targets;
    double         loss;
    float         *losses;
    float         *class_logits;
    float         *cell_logits;
    float         *states_out;
    bool           evaluate;
    SagCancel      cancel;
  } SagTrainBatch;

  /** SagTrainStep: AdamW after clipping to @max_norm. @grad_norm: out, before clipping. */
  typedef struct
  {
    double lr;
    double weight_decay;
    double beta1;
    double beta2;
    double eps;
    double max_norm;
    double grad_norm;
  } SagTrainStep;

  /**
   * SagTrainStateFunc: visits a named array of the training state ("weight.", "exp_avg.",
   * "exp_avg_sq.", "running."). Adapters are weights too, by peft's names: "weight.model.encoder.layer.0.attention.
   * self.query.lora_A.weight", (rank, hidden), and "...lora_B.weight", (hidden, rank).
   */
  typedef bool (*SagTrainStateFunc) (void *data, const char *name, float *values, size_t n_values);

  /** SagTrainTable: a training engine; the arrays that visit() shows may be read and written between steps. */
  typedef struct
  {
    uint32_t    abi;
    const char *id;
    void *(*open) (const SagWeightSource *source,
                   const SagTrainOptions *options,
                   SagStatus             *status);
    void (*close) (void *self);
    /* Adds to the gradients; several batches before a step accumulate. */
    bool (*forward_backward) (void *self, SagTrainBatch *batch, SagStatus *status);
    /* reduce is called once per gradient array before the step; several processes sum there. */
    bool (*step) (
      void *self, SagTrainStep *step, SagTrainStateFunc reduce, void *data, SagStatus *status);
    bool (*visit) (void *self, SagTrainStateFunc func, void *data);
    /* A SagWeightSource's read(): the weights as they are now, adapters merged. Not during a step. */
    bool (*read) (void *self, const char *name, size_t offset, size_t n_values, float *out);
    /* Everything besides arrays that a resumed run needs: seed, steps, batches. */
    void (*get_random) (void *self, uint64_t state[4]);
    void (*set_random) (void *self, const uint64_t state[4]);
  } SagTrainTable;

#ifdef __cplusplus
}
#endif
