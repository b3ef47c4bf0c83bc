/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/engine/under-test.h"

typedef struct
{
  gconstpointer data;
  GTestDataFunc func;
} Test;

void *
sag_test_engine_open (const SagWeightSource *source, int variant)
{
  SagStatus        status = { 0 };
  SagEngineOptions options = sag_test_engine_options (variant);
  void            *engine = sag_test_engine ()->table->open (source, &options, &status);

  if (engine == NULL)
    g_error ("%s", status.message);
  return engine;
}

void
sag_test_engine_close (void *engine)
{
  sag_test_engine ()->table->close (engine);
}

static void
run (gconstpointer data)
{
  const Test *test = data;

  if (sag_test_engine ()->table != NULL)
    test->func (test->data);
  else
    g_test_skip (sag_test_engine ()->missing);
}

void
sag_test_engine_add (const char *name, gconstpointer data, GTestDataFunc func)
{
  g_autofree char *path = g_strconcat (sag_test_engine ()->path, name, NULL);
  Test            *test = g_new (Test, 1);

  *test = (Test){ data, func };
  g_test_add_data_func_full (path, test, run, g_free);
}
