/* SPDX-License-Identifier: Apache-2.0 */

/* Scaled dot-product attention, Vaswani et al., arXiv:1706.03762, section 3.2.1, one head of one sequence a work item.
 *
 *   P = softmax (Q K^T / sqrt (width)),  P' = dropout (P),  C = P' V
 *   d_V = P'^T d_C,  d_P = dropout (d_C V^T),  d_S = P (d_P - rowsum (d_P P))
 *   d_Q = d_S K / sqrt (width),  d_K = d_S^T Q / sqrt (width)
 */

#include "model/cpu/train/attention.h"

#include "model/cpu/gemm.h"
#include "model/cpu/train/matrix.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <string.h>

/* One item: where its things lie. Some of the memory serves twice on the way back. */
typedef struct
{
  const SagCpuTrainAttention *all;
  gsize                       item;
  gsize                       n;
  gsize                       n_queries;
  gsize                       width;
  gsize                       at;       /* of the head's first value in (rows, hidden) */
  gsize                       query_at; /* in (query rows, hidden) */
  float                      *p;        /* (queries, n) */
  float                      *panels;   /* (round up (max (n, width)), max (n, width)) */
  float                      *one;      /* (queries, n) */
  float                      *two;      /* (n, queries) */
  float                      *q;        /* (n, width) each, at most */
  float                      *k;
  float                      *v;
  float                      *c;
} Head;

gsize
sag_cpu_train_attention_floats (gsize        n_sequences,
                                const gsize *starts,
                                const gsize *query_starts,
                                gsize        n_heads)
{
  gsize total = 0;

  for (gsize s = 0; s < n_sequences; s++)
    total += (query_starts[s + 1] - query_starts[s]) * (starts[s + 1] - starts[s]);
  return total * n_heads;
}

gsize
sag_cpu_train_attention_scratch (gsize n, gsize width)
{
  gsize most = MAX (n, width);

  return sag_cpu_round_up ((most + 16) * most) + 2 * sag_cpu_round_up (n * n) +
         4 * sag_cpu_round_up (n * width);
}

static Head
locate (const SagCpuTrainAttention *all, gsize item, guint worker)
{
  gsize s = item / all->n_heads, head = item % all->n_heads;
  gsize n = all->starts[s + 1] - all->starts[s], width = all->hidden / all->n_heads;
  gsize most = MAX (n, width);
  Head  self = { .all = all, .item = item, .n = n, .width = width };

  self.n_queries = all->query_starts[s + 1] - all->query_starts[s];
  self.at = all->starts[s] * all->hidden + head * width;
  self.query_at = all->query_starts[s] * all->hidden + head * width;
  self.p = all->weights +
           sag_cpu_train_attention_floats (s, all->starts, all->query_starts, all->n_heads) +
           head * self.n_queries * n;
  self.panels = all->scratch + worker * all->scratch_floats;
  self.one = self.panels + sag_cpu_round_up ((most + 16) * most);
  self.two = self.one + sag_cpu_round_up (n * n);
  self.q = self.two + sag_cpu_round_up (n * n);
  self.k = self.q + sag_cpu_round_up (n * width);
  self.v = self.k + sag_cpu_round_up (n * width);
  self.c = self.v + sag_cpu_round_up (n * width);
  return self;
}

/* @n rows of the head, from @from on. */
static void
gather (const Head *self, const float *from, gsize n, float *to)
{
  for (gsize i = 0; i < n; i++)
    memcpy (to + i * self->width, from + i * self->all->hidden, self->width * sizeof (float));
}

static void
scatter (const Head *self, const float *from, gsize n, float *to, float factor)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < self->width; j++)
      to[i * self->all->hidden + j] = from[i * self->width + j] * factor;
}

/* out = a b^T: (queries, n) from (queries, width) and (n, width). */
static void
multiply_turned (const Head *self, const float *a, const float *b, float *out)
{
  sag_cpu_pack (b, 0, self->n, self->n, self->width, self->panels);
  self->all->kernels->gemm (&(SagCpuGemm){
    .a = a,
    .a_row = self->width,
    .a_block = 16,
    .panels = self->panels,
    .out = out,
    .out_row = self->n,
    .n_rows = self->n_queries,
    .n_columns = self->n,
    .k = self->width,
  });
}

/* out = a b: (n_rows, width) from (n_rows, k) and (k, width). */
static void
multiply (const Head *self, const float *a, gsize n_rows, gsize k, const float *b, float *out)
{
  sag_cpu_pack_rows (b, self->width, self->width, k, self->panels);
  self->all->kernels->gemm (&(SagCpuGemm){
    .a = a,
    .a_row = k,
    .a_block = 16,
    .panels = self->panels,
    .out = out,
    .out_row = self->width,
    .n_rows = n_rows,
    .n_columns = self->width,
    .k = k,
  });
}

/* (queries, n) to (n, queries) */
static void
turn (const Head *self, const float *in, float *out)
{
  for (gsize i = 0; i < self->n_queries; i++)
    for (gsize j = 0; j < self->n; j++)
      out[j * self->n_queries + i] = in[i * self->n + j];
}

static void
softmax (float *row, gsize n, float scale)
{
  float  most = row[0];
  double sum = 0;

  for (gsize i = 1; i < n; i++)
    most = MAX (most, row[i]);
  for (gsize i = 0; i < n; i++)
    sum += row[i] = expf ((row[i] - most) * scale);
  for (gsize i = 0; i < n; i++)
    row[i] = (float) (row[i] / sum);
}

/* P' in one. */
static const float *
drop (const Head *self)
{
  gsize n = self->n_queries * self->n;

  if (self->all->dropout.p <= 0)
    return self->p;
  memcpy (self->one, self->p, n * sizeof (float));
  sag_cpu_dropout (&self->all->dropout, NULL, self->all->place + self->item, self->one, n);
  return self->one;
}

static void
attend (gsize item, guint worker, gpointer data)
{
  const SagCpuTrainAttention *all = data;
  Head                        self = locate (all, item, worker);

  gather (&self, all->query + self.query_at, self.n_queries, self.q);
  gather (&self, all->key + self.at, self.n, self.k);
  gather (&self, all->value + self.at, self.n, self.v);
  multiply_turned (&self, self.q, self.k, self.p);
  for (gsize i = 0; i < self.n_queries; i++)
    softmax (self.p + i * self.n, self.n, 1 / sqrtf (self.width));
  multiply (&self, drop (&self), self.n_queries, self.n, self.v, self.c);
  scatter (&self, self.c, self.n_queries, all->context + self.query_at, 1);
}

void
sag_cpu_train_attend (const SagCpuTrainAttention *self)
{
  sag_pool_run (self->pool, self->n_sequences * self->n_heads, attend, (gpointer) self);
}

/* d_P to d_S, in place. */
static void
back_through_softmax (const Head *self, float *d)
{
  for (gsize i = 0; i < self->n_queries; i++)
    {
      const float *p = self->p + i * self->n;
      float       *row = d + i * self->n;
      double       sum = 0;

      for (gsize j = 0; j < self->n; j++)
        sum += (double) row[j] * p[j];
      for (gsize j = 0; j < self->n; j++)
        row[j] = p[j] * (row[j] - (float) sum);
    }
}

static void
attend_back (gsize item, guint worker, gpointer data)
{
  const SagCpuTrainAttention *all = data;
  Head                        self = locate (all, item, worker);
  float                       scale = 1 / sqrtf (self.width);
  float                      *d_context = self.q, *out = self.c;

  gather (&self, all->d_context + self.query_at, self.n_queries, d_context);
  gather (&self, all->value + self.at, self.n, self.v);
  turn (&self, drop (&self), self.two);
  multiply (&self, self.two, self.n, self.n_queries, d_context, out);
  scatter (&self, out, self.n, all->d_value + self.at, 1);
  multiply_turned (&self, d_context, self.v, self.one);
  sag_cpu_dropout (&all->dropout, NULL, all->place + item, self.one, self.n_queries * self.n);
  back_through_softmax (&self, self.one);
  gather (&self, all->key + self.at, self.n, self.k);
  multiply (&self, self.one, self.n_queries, self.n, self.k, out);
  scatter (&self, out, self.n_queries, all->d_query + self.query_at, scale);
  gather (&self, all->query + self.query_at, self.n_queries, self.q);
  turn (&self, self.one, self.two);
  multiply (&self, self.two, self.n, self.n_queries, self.q, out);
  scatter (&self, out, self.n, all->d_key + self.at, scale);
}

void
sag_cpu_train_attend_back (const SagCpuTrainAttention *self)
{
  sag_pool_run (self->pool, self->n_sequences * self->n_heads, attend_back, (gpointer) self);
}
