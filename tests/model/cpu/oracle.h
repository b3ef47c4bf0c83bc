/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The oracle's files (its README says what they hold): PyTorch's values for upstream's own code. */

#include "model/bundle/safetensors.h"
#include "model/engine/table.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/** oracle_open: a safetensors file of the shared data; NULL, the test skipped, without it. */
SagTensorFile *oracle_open (const char *name);

/** oracle_read: a SagWeightSource's read() over a SagTensorFile. */
bool oracle_read (void *file, const char *name, size_t offset, size_t n_values, float *out);

/** oracle_dup_values: (transfer full): all values of a tensor that must exist. */
float *oracle_dup_values (SagTensorFile *file, const char *name);

/** oracle_assert_close: the largest difference is at most @tolerance of the root mean square of @want. */
void oracle_assert_close (
  const char *name, const float *got, const float *want, gsize n, double tolerance);

/**
 * OracleTap: data of oracle_compare_tap().
 * @item: of the golden tensors' first dimension
 * @seen: receives the names that were compared
 */
typedef struct
{
  SagTensorFile *golden;
  int            item;
  double         tolerance;
  GHashTable    *seen;
} OracleTap;

/** oracle_compare_tap: a SagTap's func(): each tap against the tensor "out.<name>", if there is one. */
void oracle_compare_tap (
  void *data, const char *name, int n_dims, const int64_t *dims, const float *values);

/** OracleRecipe: the full-size case's weights and image, made by a formula. */
typedef struct
{
  JsonParser    *parser;
  JsonObject    *params;
  guint64        seed;
  SagTensorFile *statistics;
} OracleRecipe;

/** oracle_recipe_open: FALSE, the test skipped, without the shared data. */
gboolean oracle_recipe_open (OracleRecipe *recipe);
void     oracle_recipe_clear (OracleRecipe *recipe);

/** oracle_recipe_read: a SagWeightSource's read() over an OracleRecipe. */
bool
oracle_recipe_read (void *recipe, const char *name, size_t offset, size_t n_values, float *out);

/** oracle_recipe_dup_image: (transfer full): (256, 160, 128). */
float *oracle_recipe_dup_image (const OracleRecipe *recipe);

G_END_DECLS
