/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/infer.h"
#include "model/bundle/weight-map.h"

#define MAX_VALUES ((gsize) 1 << 16)

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Reads the first values of every tensor: a lying header would read outside the input. */
static void
read_tensors (SagTensorFile *file)
{
  g_autofree float  *floats = g_new (float, MAX_VALUES);
  g_autofree gint64 *integers = g_new (gint64, MAX_VALUES);

  for (guint i = 0; i < sag_tensor_file_get_n_tensors (file); i++)
    {
      const SagTensor *tensor = sag_tensor_file_get_tensor (file, i);
      gsize            n = MIN (tensor->n_values, MAX_VALUES), last = tensor->n_values - n;

      g_assert_true (sag_tensor_file_find (file, tensor->name) == tensor);
      g_assert_true (sag_tensor_read_floats (tensor, last, n, floats) ==
                     sag_dtype_is_float (tensor->dtype));
      g_assert_true (sag_tensor_read_integers (tensor, last, n, integers) ==
                     sag_dtype_is_integer (tensor->dtype));
      g_assert_false (sag_tensor_read_floats (tensor, last + 1, n, floats));
    }
}

/* The same file as a checkpoint: what its shapes say of a network, and whether they keep to it. */
static void
read_network (SagTensorFile *file)
{
  const SagInferHints hints = { .heads = 1, .input = { 32, 32, 32 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (SagWeightMap) map = sag_weight_map_new (file, &error);
  SagNetwork network;

  g_assert_true ((map != NULL) == (error == NULL));
  if (map != NULL && sag_infer_network (map, &hints, &network, &error) &&
      sag_weight_map_check (map, &network, &error))
    {
      float values[4];

      g_assert_true (sag_weight_map_read (map, "lm_head_cls.bias", 1, 0, 1, values));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  /* A copy of the very size, so that the address sanitizer sees the end. */
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTensorFile) file = sag_tensor_file_new (bytes, "model.safetensors", &error);

  g_assert_true ((file != NULL) == (error == NULL));
  if (file != NULL)
    {
      read_tensors (file);
      read_network (file);
    }
  return 0;
}
