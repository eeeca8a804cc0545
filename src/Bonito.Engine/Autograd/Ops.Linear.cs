using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Autograd;

// Linear layers: packed for inference, with weights that are trained, or frozen in any format with or without low-rank matrices beside them.
public sealed unsafe partial class Ops
{
    // Floats of a frozen weight that are decoded at once: 16 MiB, more rows for narrow matrices.
    const long StripeFloats = 4 << 20;

    /// <summary>x · W^T + b: [M, inputs] to [M, outputs].</summary>
    public Tensor Linear(Tensor x, Linear layer)
    {
        Tensor y = default;
        Linears(x, [layer], new Span<Tensor>(ref y));
        return y;
    }

    /// <summary>Two layers of the same input, in inference as one piece of work; the bits are those of each alone.</summary>
    public (Tensor First, Tensor Second) Linear(Tensor x, Linear first, Linear second)
    {
        Span<Tensor> y = stackalloc Tensor[2];
        Linears(x, [first, second], y);
        return (y[0], y[1]);
    }

    /// <summary>As the other, three layers.</summary>
    public (Tensor First, Tensor Second, Tensor Third) Linear(Tensor x, Linear first, Linear second, Linear third)
    {
        Span<Tensor> y = stackalloc Tensor[3];
        Linears(x, [first, second, third], y);
        return (y[0], y[1], y[2]);
    }

    void Linears(Tensor x, ReadOnlySpan<Linear> layers, Span<Tensor> y)
    {
        for (int i = 0; i < layers.Length; i++) y[i] = Output(x.Rows, layers[i].Outputs, x.HasGradient || IsTrained(layers[i]));
        Products(x, layers, y);
        for (int i = 0, count; i < layers.Length; i += count)
        {
            count = Together(layers[i..]);
            ReadOnlySpan<Linear> some = layers.Slice(i, count);
            ReadOnlySpan<Tensor> results = y.Slice(i, count);
            Tensor low = some[0].Lora == null ? default : AddLora(x, some, results);
            if (results[0].HasGradient) RecordLinears(x, some.ToArray(), low, results.ToArray());
        }
        for (int i = 0; i < layers.Length; i++)
            if (layers[i].Bias is { } bias) AddBias(y[i], bias.Tensor);
    }

    /// <summary>How many of the layers, from the first on, have their A one after another in memory, so that they are multiplied as one. Dropout gives each its own input.</summary>
    static int Together(ReadOnlySpan<Linear> layers)
    {
        int count = 1;
        while (count < layers.Length && layers[count - 1].Lora is { Dropout: 0 } lora && layers[count].Lora is { Dropout: 0 } next
            && next.A.Tensor.Data == lora.A.Tensor.Data + lora.A.Tensor.Count) count++;
        return count;
    }

    static bool IsTrained(Linear layer) => layer.Lora != null || layer.Weight.Tensor.HasGradient || layer.Bias?.Tensor.HasGradient == true;

    void Product(Tensor x, Linear layer, float* y) => Products(x, [layer], [new Tensor(y, null, x.Rows, layer.Outputs)]);

    void Products(Tensor x, ReadOnlySpan<Linear> layers, ReadOnlySpan<Tensor> y)
    {
        PackedTargets quantized = default, floats = default;
        for (int i = 0; i < layers.Length; i++)
        {
            PackedMatrix? packed = Training ? null : layers[i].Packed(Gemm);
            if (packed == null) Product(x, layers[i].Weight.Stored, y[i].Data);
            else if (packed.Type.IsQuantized()) quantized.Add(packed, y[i].Data);
            else floats.Add(packed, y[i].Data);
        }
        if (quantized.Count > 0) quantizedGemm.Multiply(x.Data, x.Rows, quantized);
        if (floats.Count > 0) Gemm.MultiplyPacked(new Operand(x.Data, x.Columns), x.Rows, floats);
    }

    /// <summary>y = x · W^T: the bits of the product with W in float32, which exists for a stripe of rows at a time only.</summary>
    void Product(Tensor x, StoredMatrix w, float* y)
    {
        (int, long) start = Arena.Position;
        for (int first = 0, count; first < w.Rows; first += count)
        {
            float* rows = Stripe(w, first, out count);
            Gemm.Multiply(new Operand(x.Data, x.Columns), new Operand(rows, w.Columns), x.Rows, count, w.Columns, y + first, w.Rows);
            Arena.Rewind(start);
        }
    }

    /// <summary>dx += dy · W: the bits of the product with W in float32, whose depth is cut where stripes end.</summary>
    void ProductBackward(float* dy, StoredMatrix w, Tensor x)
    {
        (int, long) start = Arena.Position;
        for (int first = 0, count; first < w.Rows; first += count)
        {
            float* rows = Stripe(w, first, out count);
            Gemm.Multiply(new Operand(dy + first, w.Rows), new Operand(rows, w.Columns, true), x.Rows, w.Columns, count, x.Gradient, w.Columns, accumulate: true);
            Arena.Rewind(start);
        }
    }

    /// <summary>Rows of a weight in float32: all of them where they lie if that is their format, or else as many as are decoded at once.</summary>
    float* Stripe(StoredMatrix w, int first, out int count)
    {
        count = w.Rows - first;
        if (w.Type == DType.F32) return (float*)w.Row(first);
        long blocks = Math.Max(1, StripeFloats / w.Columns / Gemm.DepthBlock);
        count = (int)Math.Min(count, blocks * Gemm.DepthBlock);
        float* rows = Arena.Floats((long)count * w.Columns);
        RowDecoding.Run(Pool, w, first, count, rows);
        return rows;
    }

    /// <summary>Adds the gradients of x and W that are kept, for the gradient of x · W^T.</summary>
    void LinearBackward(Tensor x, Parameter weight, float* dy)
    {
        if (x.HasGradient) ProductBackward(dy, weight.Stored, x);
        Tensor w = weight.Tensor;
        if (w.HasGradient) Gemm.Multiply(new Operand(dy, w.Rows, true), new Operand(x.Data, x.Columns, true), w.Rows, w.Columns, x.Rows, w.Gradient, w.Columns, accumulate: true);
    }

    /// <summary>
    /// y += scale * dropout(x) · A^T · B^T for layers that are <see cref="Together"/>. What lies between A and B is kept as [layers * R, M]:
    /// products with few rows and many columns keep the kernels and the workers busy, those with few columns do not.
    /// </summary>
    /// <returns>scale * A · dropout(x)^T for the backward pass; given back where there is none.</returns>
    Tensor AddLora(Tensor x, ReadOnlySpan<Linear> layers, ReadOnlySpan<Tensor> y)
    {
        (int, long) start = Arena.Position;
        Lora lora = layers[0].Lora!;
        int rows = x.Rows, rank = lora.Rank;
        Tensor low = Arena.Tensor(layers.Length * rank, rows);
        (int, long) kept = Arena.Position;
        float* input = Training ? Dropped(x, lora, DropoutKey) : x.Data;
        Gemm.Multiply(new Operand(lora.A.Tensor.Data, x.Columns), new Operand(input, x.Columns), low.Rows, rows, x.Columns, low.Data, rows);
        VectorMath.Scale(low.Data, checked((int)low.Count), lora.Scale);
        for (int i = 0; i < layers.Length; i++)
            Gemm.Multiply(new Operand(low.Data + (long)i * rank * rows, rows, true), new Operand(layers[i].Lora!.B.Tensor.Data, rank), rows, y[i].Columns, rank, y[i].Data, y[i].Columns, accumulate: true);
        Arena.Rewind(Tape == null ? start : kept);
        return low;
    }

    /// <summary>As <see cref="AddLora"/>: dB += dy^T · low^T; dA += d · dropout(x) and dx += dropout(d^T · A) with d = scale * B^T · dy^T.</summary>
    void LoraBackward(Tensor x, Linear[] layers, Tensor low, ulong dropoutKey, Tensor[] y)
    {
        (int, long) start = Arena.Position;
        Lora lora = layers[0].Lora!;
        int rows = x.Rows, rank = lora.Rank, inputs = x.Columns;
        Tensor d = Arena.Tensor(low.Rows, rows);
        (int, long) kept = Arena.Position;
        for (int i = 0; i < layers.Length; i++)
        {
            Tensor b = layers[i].Lora!.B.Tensor;
            float* dy = y[i].Gradient, turned = Arena.Floats(b.Count);
            Gemm.Multiply(new Operand(low.Data + (long)i * rank * rows, rows), new Operand(dy, b.Rows, true), rank, b.Rows, rows, turned, b.Rows);
            Addition.Transposed(Pool, turned, rank, b.Rows, b.Gradient);
            Arena.Rewind(kept);
            Gemm.Multiply(new Operand(b.Data, rank, true), new Operand(dy, b.Rows), rank, rows, b.Rows, d.Data + (long)i * rank * rows, rows);
        }
        VectorMath.Scale(d.Data, checked((int)d.Count), lora.Scale);
        float* input = Dropped(x, lora, dropoutKey);
        Tensor a = lora.A.Tensor;
        Gemm.Multiply(new Operand(d.Data, rows), new Operand(input, inputs, true), d.Rows, inputs, rows, a.Gradient, inputs, accumulate: true);
        if (x.HasGradient)
        {
            // The dropped input is not needed any more; its place takes the gradient.
            float* dx = lora.Dropout > 0 ? input : x.Gradient;
            Gemm.Multiply(new Operand(d.Data, rows, true), new Operand(a.Data, inputs, true), rows, inputs, d.Rows, dx, inputs, accumulate: lora.Dropout == 0);
            if (lora.Dropout > 0) Dropout.Backward(Pool, dx, rows, inputs, Dropout.Key(dropoutKey, lora.Place), lora.Dropout, x.Gradient);
        }
        Arena.Rewind(start);
    }

    /// <summary>The input of A: x itself, or a copy from which values are dropped.</summary>
    float* Dropped(Tensor x, Lora lora, ulong dropoutKey)
    {
        if (lora.Dropout == 0) return x.Data;
        float* copy = Arena.Floats(x.Count);
        Dropout.Forward(Pool, x.Data, x.Rows, x.Columns, Dropout.Key(dropoutKey, lora.Place), lora.Dropout, copy);
        return copy;
    }

    void AddBias(Tensor y, Tensor bias)
    {
        RowBias.Forward(Pool, bias.Data, y.Rows, y.Columns, y.Data);
        if (Tape != null && bias.HasGradient) RecordBias(y, bias);
    }

    void RecordLinears(Tensor x, Linear[] layers, Tensor low, Tensor[] y)
    {
        ulong key = DropoutKey;
        Tape!.Record(() =>
        {
            for (int i = 0; i < layers.Length; i++) LinearBackward(x, layers[i].Weight, y[i].Gradient);
            if (layers[0].Lora != null) LoraBackward(x, layers, low, key, y);
        });
    }

    void RecordBias(Tensor y, Tensor bias) => Tape!.Record(() =>
        RowBias.Backward(Pool, y.Gradient, y.Rows, y.Columns, bias.Gradient));
}
